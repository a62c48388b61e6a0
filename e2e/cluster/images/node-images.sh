# SPDX-License-Identifier: Apache-2.0
# What the node itself runs: pause, DNS, and a shell for test pods. Kept in the cache as one archive.
# shellcheck shell=bash

node_images_archive() {
  local key
  key=$(cat "$CLUSTER_HOME"/images/{pause,busybox,coredns}/Containerfile /bin/busybox | sha256sum | cut -c1-16)
  echo "$CACHE/images/node-$COREDNS_VERSION-$key.tar"
}

build_node_images() {
  local archive context
  archive=$(node_images_archive)
  [[ -e $archive ]] && return
  say "building the node's own images"
  context=$(mktemp -d)
  cp "$(command -v busybox)" "$CACHE/tools/coredns-$COREDNS_VERSION/coredns" "$context"
  for name in pause busybox coredns; do
    build_image "localhost/strongroom-e2e/$name:1" "$name" "$context"
  done
  save_images "$archive" localhost/strongroom-e2e/{pause,busybox,coredns}:1
  rm -rf "$context"
}
