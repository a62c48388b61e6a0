# SPDX-License-Identifier: Apache-2.0
# Go: the machine's own from 1.21 on (it fetches the toolchain that go.mod asks for); else Debian's, which fetches one.
# shellcheck shell=bash

need_go() {
  go_is_recent && return
  if ! command -v go >/dev/null; then
    need_debian golang-go
    go_is_recent && return
  fi
  local version=v0.0.1-go$GO_TOOLCHAIN_VERSION.linux-$GO_ARCH modules
  say "fetching Go $GO_TOOLCHAIN_VERSION from the Go module proxy"
  (cd / && GO111MODULE=on GOFLAGS=-modcacherw go mod download "golang.org/toolchain@$version")
  modules=$(cd / && go env GOMODCACHE)
  # Old Go unpacks modules without their executable bits.
  chmod -R u+x "$modules/golang.org/toolchain@$version/bin" "$modules/golang.org/toolchain@$version/pkg/tool"
  PATH=$modules/golang.org/toolchain@$version/bin:$PATH
  go_is_recent || die "Go $GO_TOOLCHAIN_VERSION was fetched but does not run"
}

go_is_recent() {
  local version
  version=$(cd / && go env GOVERSION 2>/dev/null) || return 1
  [[ $version =~ ^go1\.([0-9]+) ]] && ((BASH_REMATCH[1] >= 21))
}
