# SPDX-License-Identifier: Apache-2.0
# Rust: the machine's own from 1.85 on (edition 2024); else Debian's. Kryoptic is built with it.
# shellcheck shell=bash

need_rust() {
  rust_is_recent && return
  # Debian 13 has 1.85; Debian 12 keeps a recent one beside its old one, for its browsers.
  if apt-cache policy cargo-web 2>/dev/null | grep -q 'Candidate: 1'; then
    need_debian cargo-web rustc-web
  else
    need_debian cargo rustc
  fi
  rust_is_recent || die "Kryoptic needs Rust 1.85 or later, and this system has none"
}

rust_is_recent() {
  local version
  version=$(rustc --version 2>/dev/null) && command -v cargo >/dev/null || return 1
  [[ $version =~ ^rustc\ 1\.([0-9]+) ]] && ((BASH_REMATCH[1] >= 85))
}

# Kryoptic, a PKCS#11 token by other authors than SoftHSM's, from its Rust crate.
need_kryoptic() {
  local crate=$ROOT/packages/testing/kryoptic target=$CACHE/tools/kryoptic-$KRYOPTIC_VERSION
  [[ -e $target/libkryoptic.so ]] && return
  need_debian gcc libc6-dev pkg-config libssl-dev libsqlite3-dev libclang-dev
  need_rust
  say "building Kryoptic $KRYOPTIC_VERSION from its Rust crate (a minute and a half on two cores, once)"
  mkdir -p "$target"
  (cd "$crate" && cargo build --quiet --release --locked --target-dir "$target/.build")
  mv "$target/.build/release/libkryoptic.so" "$target/libkryoptic.so"
  rm -rf "$target/.build"
}
