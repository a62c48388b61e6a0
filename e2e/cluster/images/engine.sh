# SPDX-License-Identifier: Apache-2.0
# Two ways to build the same Containerfiles: Docker where its engine answers, else buildah without any daemon.
# shellcheck shell=bash

if docker info >/dev/null 2>&1; then ENGINE=docker; else ENGINE=buildah; fi

image_exists() { "${ENGINE}_exists" "$1"; }

# build_image TAG NAME CONTEXT [OPTION…]: builds images/NAME/Containerfile.
build_image() {
  local tag=$1 name=$2 context=$3
  shift 3
  "${ENGINE}_build" --tag "$tag" --file "$CLUSTER_HOME/images/$name/Containerfile" "$@" "$context"
}

# save_images ARCHIVE TAG…: one archive with all of them; layers they share are in it once.
save_images() {
  mkdir -p "$(dirname "$1")"
  "${ENGINE}_save" "$1.new" "${@:2}"
  mv "$1.new" "$1"
}

docker_exists() { docker image inspect "$1" >/dev/null 2>&1; }
docker_build() { docker build --quiet "$@" >/dev/null; }
docker_save() { docker save --output "$1" "${@:2}"; }

# A mount namespace of its own: buildah leaves its storage folder mounted on itself otherwise.
run_buildah() {
  unshare --mount buildah --root "$CACHE/buildah" --runroot "$CACHE/buildah/run" --storage-driver overlay "$@"
}

buildah_exists() { run_buildah inspect --type image "$1" >/dev/null 2>&1; }
buildah_build() { run_buildah bud --isolation chroot --layers --quiet "$@" >/dev/null; }

# Layers go in uncompressed, and those of the base are there beforehand: only what is new is written.
buildah_save() {
  local archive=$1 layout=$1.layout tag
  shift
  rm -rf "$layout"
  mkdir -p "$layout/blobs/sha256"
  [[ ! -d ${BASE_LAYERS-} ]] || cp -l "$BASE_LAYERS"/* "$layout/blobs/sha256" 2>/dev/null ||
    cp "$BASE_LAYERS"/* "$layout/blobs/sha256"
  for tag in "$@"; do
    run_buildah push --quiet --disable-compression "$tag" "oci:$layout:$tag"
  done
  # The same images make the same archive, byte for byte.
  tar -cf "$archive" --sort=name --mtime=@0 --owner=0 --group=0 -C "$layout" .
  rm -rf "$layout"
}
