#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=../lib/e2e.sh
source "$(dirname "$0")/../lib/e2e.sh"
NS=strongroom-node

install_chart --set nodePlugin.evidence.source=auto
kubectl rollout status daemonset/strongroom-node --namespace $NS --timeout=60s >/dev/null
plugin=$(kubectl get pods --namespace $NS --field-selector status.phase=Running -o jsonpath='{.items[-1:].metadata.name}')
chosen() { kubectl logs "$plugin" --namespace $NS | jq -r 'select(.message == "evidence chosen").kind'; }
has_chosen() { [[ -n $(chosen) ]]; }
eventually 60 "the choice of the node plugin" has_chosen
expect "what the node plugin attests with" tpm "$(chosen)"

mounts=$(kubectl exec "$plugin" --namespace $NS --container node-plugin -- cat /proc/self/mountinfo)
expect_match "the machine's sysfs in the node plugin" '* ro,*' "$(grep ' /host/sys ' <<<"$mounts")"

kubectl delete pod measured --namespace quickstart --ignore-not-found >/dev/null
pod quickstart measured quickstart quickstart db-password
pod_starts quickstart measured
