# SPDX-License-Identifier: Apache-2.0
# Test vectors that others publish as packages: into the cache, never into the repository.
# shellcheck shell=bash

need_vectors() {
  need_wycheproof
  need_jose_examples
}

need_wycheproof() {
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

# The examples of the JOSE RFCs, which a Python library's own tests spell out. Nothing of the package is run.
need_jose_examples() {
  local target=$CACHE/vectors/jose-examples-$JWCRYPTO_VERSION folder
  [[ -e $target ]] && return
  command -v pip3 >/dev/null || need_debian python3-pip
  say "fetching the JOSE examples (a Python package, once)"
  folder=$(mktemp -d)
  echo "jwcrypto==$JWCRYPTO_VERSION --hash=sha256:$JWCRYPTO_SHA256" >"$folder/requirements.txt"
  pip3 download --quiet --disable-pip-version-check --no-deps --only-binary :all: --require-hashes \
    --requirement "$folder/requirements.txt" --dest "$folder"
  python3 -m zipfile -e "$folder"/*.whl "$folder/package"
  mkdir -p "$target.new"
  python3 "$ROOT/scripts/setup/python-constants.py" <"$folder/package/jwcrypto/tests-cookbook.py" >"$target.new/rfc7520.json"
  python3 "$ROOT/scripts/setup/python-constants.py" <"$folder/package/jwcrypto/tests.py" >"$target.new/others.json"
  mv "$target.new" "$target"
  rm -r "$folder"
}
