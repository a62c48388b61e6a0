#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# make bench: memory of each process at rest and the time of a warm mount, on the local cluster, beside a yardstick of the same run.
set -euo pipefail
# shellcheck source=../scripts/lib/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/../scripts/lib/common.sh"
export KUBECONFIG=$STATE/kubeconfig PATH=$STATE/bin:$PATH

[[ -e $STATE/cluster/installed ]] || "$ROOT/e2e/cluster/install.sh"
cd "$ROOT"
node --conditions=@strongroom/source bench/memory.ts
node --conditions=@strongroom/source bench/mount.ts
