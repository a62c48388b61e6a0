#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# load-image.sh ARCHIVE: imports an image archive (Docker or OCI) into the node.
set -euo pipefail
# shellcheck source=cluster.sh
source "$(dirname "${BASH_SOURCE[0]}")/cluster.sh"

cluster_load_image "${1:?archive}"
