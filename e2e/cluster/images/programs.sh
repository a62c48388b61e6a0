# SPDX-License-Identifier: Apache-2.0
# Strongroom's own images: a program's bundle on top of the base.
# shellcheck shell=bash

PROGRAM_IMAGES=(vault hsm operator csi-driver quickstart envelope-encryption)
PROGRAMS_ARCHIVE=$STATE/images/strongroom.tar

build_programs() {
  local name tag tags=() contexts=$STATE/images/contexts base
  say "bundling the programs"
  node "$ROOT/scripts/bundle.ts"
  base=$(base_image)
  rm -rf "$contexts"
  for name in "${PROGRAM_IMAGES[@]}"; do
    mkdir -p "$contexts/$name"
    "collect_${name//-/_}" "$contexts/$name" 2>/dev/null || { warn "no $name yet: its image is left out" && continue; }
    tag=localhost/strongroom/$name:$PROJECT_VERSION
    say "building $tag"
    build_image "$tag" "$name" "$contexts/$name" --build-arg "BASE=$base"
    tags+=("$tag")
  done
  rm -rf "$contexts"
  ((${#tags[@]} == 0)) || save_images "$PROGRAMS_ARCHIVE" "${tags[@]}"
}

collect_bundle() { cp "$ROOT/dist/$2.js" "$1"; }
collect_vault() { collect_bundle "$1" vault && collect_bundle "$1" sqlite-worker; }
collect_operator() { collect_bundle "$1" operator; }
collect_csi_driver() {
  collect_bundle "$1" csi-driver &&
    cp "$CACHE/tools/tee-device-$(source_version csi-driver/tee-device)/tee-device" "$1"
}
collect_quickstart() { cp "$ROOT/examples/quickstart/app/main.mjs" "$1"; }
collect_envelope_encryption() {
  cp -r "$ROOT/examples/envelope-encryption/app/." "$1" && find "$1" -name '*.test.ts' -delete
}

# The bundle asks for pkcs11js's native module by the path that it has in the package.
collect_hsm() {
  collect_bundle "$1" hsm-host && collect_bundle "$1" hsm-slow-lane && mkdir -p "$1/build/Release" &&
    cp "$ROOT/node_modules/pkcs11js/build/Release/pkcs11.node" "$1/build/Release"
}
