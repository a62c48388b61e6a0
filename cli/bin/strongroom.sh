#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Starts the command line with the Node.js that the project installed: the machine's own may be older, or none.
set -eu

here=$(dirname "$(readlink -f "$0")")
root=$(dirname "$(dirname "$here")")
case $(uname -m) in
  x86_64 | amd64) arch=x64 ;;
  aarch64 | arm64) arch=arm64 ;;
  *) arch=unknown ;;
esac

node=$root/node_modules/node-linux-$arch/bin/node
[ -x "$node" ] || node=$(command -v node || true)
case $("${node:-false}" --version 2>/dev/null || true) in
  v2[6-9].* | v[3-9][0-9].*) ;;
  *)
    echo "strongroom: no Node.js 26 or later was found" >&2
    echo "strongroom: hint: run \"make setup\" in $root" >&2
    exit 78
    ;;
esac

# exec: signals reach the command itself, and nothing is left when it ends.
exec "$node" --conditions=@strongroom/source --disable-warning=ExperimentalWarning "$here/../src/main.ts" "$@"
