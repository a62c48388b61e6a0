#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Brings the cluster up. Safe to run again, also after a start that was interrupted.
set -euo pipefail
# shellcheck source=../../scripts/lib/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/../../scripts/lib/common.sh"

"$ROOT/scripts/setup.sh" cluster
"$ROOT/e2e/cluster/images.sh" node

# shellcheck source=cluster.sh
source "$ROOT/e2e/cluster/cluster.sh"
cluster_up
