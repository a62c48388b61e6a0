# SPDX-License-Identifier: Apache-2.0
# Images come from archives: there is no registry to pull from.
# shellcheck shell=bash

# shellcheck source=../images/node-images.sh
source "$CLUSTER_HOME/images/node-images.sh"

import_node_images() { import_image_archive "$(node_images_archive)"; }

import_image_archive() {
  exec_node ctr --namespace k8s.io images import --digests=false - <"$1" >/dev/null
}
