# SPDX-License-Identifier: Apache-2.0
# Test vectors that others publish as packages: into the cache, never into the repository.
# shellcheck shell=bash

need_vectors() {
  local module=github.com/c2sp/wycheproof target=$CACHE/vectors/wycheproof-$WYCHEPROOF_VERSION folder
  [[ -e $target/testvectors_v1 ]] && return
  need_go
  say "fetching the Wycheproof vectors (their Go module, once)"
  folder=$(cd / && go mod download -json "$module@$WYCHEPROOF_VERSION" | sed -n 's/^\t"Dir": "\(.*\)",$/\1/p')
  [[ -d $folder/testvectors_v1 ]] || die "the Wycheproof module has no testvectors_v1"
  mkdir -p "$target"
  cp -R "$folder/testvectors_v1" "$target/.new"
  chmod -R u+w "$target/.new"
  mv "$target/.new" "$target/testvectors_v1"
}
