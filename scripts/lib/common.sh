# SPDX-License-Identifier: Apache-2.0
# Sourced by every script: where things are, which programs are found first, and how to speak.
# shellcheck shell=bash disable=SC2034 # variables are used by the scripts that source this

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
STATE=$ROOT/.strongroom
CACHE=${STRONGROOM_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/strongroom}
PROJECT_VERSION=$(sed -n 's/^  "version": "\(.*\)",$/\1/p' "$ROOT/package.json")

case $(uname -m) in
  x86_64) NODE_ARCH=x64 GO_ARCH=amd64 ;;
  aarch64 | arm64) NODE_ARCH=arm64 GO_ARCH=arm64 ;;
  *) echo "error: no Node.js or Kubernetes is packaged here for $(uname -m)" >&2 && exit 1 ;;
esac

# shellcheck source=versions.sh
source "$ROOT/scripts/lib/versions.sh"

# The versioned tool folders come first, so that no other kubectl or helm of the machine is used by chance.
for tool in "kubernetes-$KUBERNETES_VERSION" "helm-$HELM_VERSION" "kubeconform-$KUBECONFORM_VERSION" \
  "coredns-$COREDNS_VERSION" "csi-sanity-$CSI_SANITY_VERSION"; do
  PATH=$CACHE/tools/$tool:$PATH
done
unset tool
export PATH="$ROOT/node_modules/node-linux-$NODE_ARCH/bin:$ROOT/node_modules/.bin:$PATH:/usr/sbin:/sbin"

say() { printf '==> %s\n' "$*" >&2; }
warn() { printf 'warning: %s\n' "$*" >&2; }
die() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

# source_version FOLDER: the version of a Go program of the tree's own, which is the digest of its sources.
source_version() { cat "$ROOT/$1"/*.go "$ROOT/$1"/go.* | sha256sum | cut -c1-12; }

# until_ok SECONDS WHAT COMMAND… : repeats a command five times a second until it succeeds.
until_ok() {
  local seconds=$1 what=$2 deadline=$((SECONDS + $1))
  shift 2
  until "$@" >/dev/null 2>&1; do
    ((SECONDS < deadline)) || die "waited ${seconds} s in vain for $what"
    sleep 0.2
  done
}
