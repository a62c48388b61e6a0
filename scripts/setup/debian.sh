# SPDX-License-Identifier: Apache-2.0
# Debian packages: installed only where one is missing, and only where this user may.
# shellcheck shell=bash

as_root() {
  if ((EUID == 0)); then "$@"; else sudo -n "$@"; fi
}

may_install() {
  command -v apt-get >/dev/null && { ((EUID == 0)) || sudo -n true 2>/dev/null; }
}

is_installed() {
  command -v dpkg-query >/dev/null && [[ $(dpkg-query -W -f '${Status}' "$1" 2>/dev/null) == *" installed" ]]
}

# need_debian PACKAGE… : afterwards they are all installed, or the script has ended naming those that are not.
need_debian() {
  local package missing=()
  for package in "$@"; do
    is_installed "$package" || missing+=("$package")
  done
  ((${#missing[@]} == 0)) && return
  may_install || die "cannot install packages here; missing (Debian names): ${missing[*]}"
  say "installing Debian packages: ${missing[*]}"
  keep_daemons_stopped
  as_root apt-get update -qq || warn "apt-get update failed; trying with the lists at hand"
  as_root env DEBIAN_FRONTEND=noninteractive PATH="$KEEP_STOPPED:$PATH" \
    apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null ||
    die "apt-get could not install: ${missing[*]}"
  rm -rf "$KEEP_STOPPED"
}

# etcd and containerd would start themselves on install where systemd runs. We start our own.
keep_daemons_stopped() {
  KEEP_STOPPED=$(mktemp -d)
  chmod 755 "$KEEP_STOPPED"
  printf '#!/bin/sh\nexit 0\n' >"$KEEP_STOPPED/invoke-rc.d"
  printf '#!/bin/sh\nexit 0\n' >"$KEEP_STOPPED/deb-systemd-invoke"
  chmod +x "$KEEP_STOPPED"/*
}
