#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=../lib/e2e.sh
source "$(dirname "$0")/../lib/e2e.sh"
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"

volumes=$(kubectl get pvc --namespace $NS -o jsonpath='{.items[*].spec.volumeName}' 2>/dev/null || true)
kubectl delete clusterrolebinding $NS --ignore-not-found >/dev/null
kubectl delete namespace $NS $NS-node --ignore-not-found --timeout=90s >/dev/null
# As they were: empty, and nobody's.
for volume in $volumes; do
  empty_volume "$volume"
  kubectl patch persistentvolume "$volume" --type merge --patch '{"spec":{"claimRef":null}}' >/dev/null
done
rm -rf "$FILES"
