# SPDX-License-Identifier: Apache-2.0
# The base of all our images: Debian and Node.js. Named by what went into it, so it is built once for a machine.
# shellcheck shell=bash

NODE_PACKAGE=$ROOT/node_modules/node-linux-$NODE_ARCH
BASE_PACKAGES=(ca-certificates libatomic1 libstdc++6 mount softhsm2)
DEBIAN_IMAGE=localhost/strongroom-e2e/debian:bookworm-$(sha256sum <<<"${BASE_PACKAGES[*]}" | cut -c1-16)

base_key() {
  { echo "${BASE_PACKAGES[@]}" && cat "$CLUSTER_HOME/images/base/Containerfile" "$NODE_PACKAGE/package.json"; } | sha256sum | cut -c1-16
}

base_image() { echo "localhost/strongroom-e2e/base:$(base_key)"; }

build_base_image() {
  local tag context debian=()
  tag=$(base_image)
  BASE_LAYERS=$CACHE/images/base-$(base_key)
  image_exists "$tag" && [[ $ENGINE == docker || -d $BASE_LAYERS ]] && return
  say "building the base image"
  if [[ $ENGINE == buildah ]]; then
    image_exists "$DEBIAN_IMAGE" || build_debian_image
    debian=(--build-arg "BASE=$DEBIAN_IMAGE")
  fi
  context=$(mktemp -d)
  cp "$NODE_PACKAGE/bin/node" "$context"
  build_image "$tag" base "$context" "${debian[@]}" --build-arg "PACKAGES=${BASE_PACKAGES[*]}"
  rm -rf "$context"
  [[ $ENGINE == docker ]] || keep_base_layers "$tag"
}

# Each layer as a file named by its digest, for the archives of the images that are built on it.
keep_base_layers() {
  rm -rf "$CACHE"/images/base-*
  mkdir -p "$CACHE/images"
  run_buildah push --quiet --disable-compression "$1" "dir:$BASE_LAYERS.new"
  find "$BASE_LAYERS.new" -type f ! -name '????????????????????????????????????????????????????????????????' -delete
  mv "$BASE_LAYERS.new" "$BASE_LAYERS"
}

# No registry to pull Debian from: made from Debian's packages.
build_debian_image() {
  local folder
  say "making a Debian root with debootstrap (half a minute, once)"
  folder=$(mktemp -d)
  debootstrap --variant=minbase --include="$(IFS=, && echo "${BASE_PACKAGES[*]}")" bookworm "$folder/root" >"$folder/log" ||
    die "debootstrap failed: $(tail -3 "$folder/log")"
  tar -cf "$folder/root.tar" -C "$folder/root" --exclude='./dev/*' --exclude='./var/cache/apt/*' --exclude='./var/lib/apt/lists/*' .
  rm -rf "$folder/root"
  printf 'FROM scratch\nADD root.tar /\n' >"$folder/Containerfile"
  buildah_build --tag "$DEBIAN_IMAGE" --file "$folder/Containerfile" "$folder"
  rm -rf "$folder"
}
