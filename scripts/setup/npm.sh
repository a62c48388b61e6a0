# SPDX-License-Identifier: Apache-2.0
# npm packages, exactly as locked and without their install scripts, and the one native module.
# shellcheck shell=bash

need_npm() {
  if ! npm_is_installed; then
    install_npm_packages
    sha256sum <"$ROOT/package-lock.json" >"$ROOT/node_modules/.strongroom-lock"
  fi
  [[ -e $ROOT/node_modules/pkcs11js/build/Release/pkcs11.node ]] || build_pkcs11js
}

# Either this script installed just this lockfile, or someone's npm wrote node_modules after it.
npm_is_installed() {
  local stamp=$ROOT/node_modules/.strongroom-lock npms=$ROOT/node_modules/.package-lock.json
  [[ -e $stamp && $(<"$stamp") == "$(sha256sum <"$ROOT/package-lock.json")" ]] ||
    [[ -e $npms && ! $npms -ot $ROOT/package-lock.json ]]
}

install_npm_packages() {
  # Any npm will do to install: the Node that runs the project is one of the packages.
  command -v npm >/dev/null || need_debian npm
  say "installing npm packages (npm ci)"
  (cd "$ROOT" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error)
}

build_pkcs11js() {
  local node=$ROOT/node_modules/node-linux-$NODE_ARCH
  need_debian build-essential python3
  say "building pkcs11js"
  (cd "$ROOT" && npm_config_nodedir=$node npm rebuild pkcs11js --foreground-scripts=false --loglevel=error)
}
