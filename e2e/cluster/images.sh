#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds images into archives. images.sh: Strongroom's, .strongroom/images/strongroom.tar; images.sh node: the node's own.
set -euo pipefail
# shellcheck source=../../scripts/lib/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/../../scripts/lib/common.sh"
# shellcheck disable=SC2034 # used by the parts
CLUSTER_HOME=$ROOT/e2e/cluster
# shellcheck source=images/engine.sh
source "$CLUSTER_HOME/images/engine.sh"
# shellcheck source=images/node-images.sh
source "$CLUSTER_HOME/images/node-images.sh"
# shellcheck source=images/base.sh
source "$CLUSTER_HOME/images/base.sh"
# shellcheck source=images/programs.sh
source "$CLUSTER_HOME/images/programs.sh"

"$ROOT/scripts/setup.sh" images
# buildah notes which layers it has pushed in a place that no option moves.
[[ -e /var/lib/containers ]] || trap 'rm -rf /var/lib/containers/cache && rmdir --ignore-fail-on-non-empty /var/lib/containers 2>/dev/null || true' EXIT
case ${1:-programs} in
  node) build_node_images ;;
  base) build_base_image ;;
  programs)
    build_base_image
    build_programs
    ;;
  *) die "no such set of images: $1 (programs, base, node)" ;;
esac
