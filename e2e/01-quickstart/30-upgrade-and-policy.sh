#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# An upgrade keeps what the vault published; a deleted policy denies what it governed, and allows again when it is back.
# shellcheck source=../lib/e2e.sh
source "$(dirname "$0")/../lib/e2e.sh"
NS=quickstart

trust() { kubectl get configmap strongroom-ca --namespace "$1" -o json | jq -c .data; }
before=$(trust strongroom-node)
install_chart
expect "what the node plugin trusts after an upgrade" "$before" "$(trust strongroom-node)"
expect_match "what the namespace of a vault trusts" "*BEGIN CERTIFICATE*" "$(trust $NS)"

kubectl delete keyreleasepolicy local-node --namespace $NS >/dev/null
sleep 1 # nothing shows when the vault has been told: the resource is gone at once
pod $NS without-policy quickstart quickstart db-password
pod_refused $NS without-policy 'db-password: PolicyDenied'
kubectl apply -f "$ROOT/examples/quickstart/03-policy.yaml" >/dev/null
pod_starts $NS without-policy
