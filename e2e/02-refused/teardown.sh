#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=machines.sh
source "$(dirname "$0")/machines.sh"

# Its endorsement key goes with it: the vault has bound that to a node that is no more.
"$CLUSTER/tpm.sh" --instance other stop
"$CLUSTER/exec-node.sh" rm -rf /var/lib/tpm/other /run/strongroom-tpm-other
for namespace in $NS strongroom-node; do
  kubectl delete pod --namespace "$namespace" --field-selector spec.nodeName=e2e-other-node --ignore-not-found --force --grace-period=0 >/dev/null 2>&1
done
kubectl delete node e2e-other-node --ignore-not-found >/dev/null
kubectl delete namespace $NS --ignore-not-found --timeout=90s >/dev/null
