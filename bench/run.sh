#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# make bench: the vault alone on this machine; then, on the local cluster, memory of each process at rest and the time of
# a warm mount. Each beside a yardstick of the same run.
set -euo pipefail
# shellcheck source=../scripts/lib/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/../scripts/lib/common.sh"
export KUBECONFIG=$STATE/kubeconfig PATH=$STATE/bin:$PATH

cd "$ROOT"
node scripts/bundle.ts
node --conditions=@strongroom/source bench/vault/secret-get.ts
node --conditions=@strongroom/source bench/vault/capacity.ts
node --conditions=@strongroom/source bench/vault/backup-memory.ts
node --conditions=@strongroom/source bench/policy/evaluate.ts
node --conditions=@strongroom/source bench/hsm/sign.ts
node --conditions=@strongroom/source bench/vault/key-sign.ts
node --conditions=@strongroom/source bench/vault/release.ts
node --conditions=@strongroom/source bench/attestation/verify.ts
node --conditions=@strongroom/source bench/attestation/authority.ts

[[ -e $STATE/cluster/installed ]] || "$ROOT/e2e/cluster/install.sh"
node --conditions=@strongroom/source bench/memory.ts
node --conditions=@strongroom/source bench/mount.ts
