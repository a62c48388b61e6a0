#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=../lib/e2e.sh
source "$(dirname "$0")/../lib/e2e.sh"
NS=e2e-lifecycle

before=$(kubectl exec first --namespace $NS -- sha256sum /secrets/one)
kubectl delete vaultsecret one --namespace $NS >/dev/null
sleep 1 # nothing shows when the vault has been told: the resource is gone at once
pod $NS too-late reader life one
pod_refused $NS too-late 'one: NotFound'
expect "what the running pod reads" "$before" "$(kubectl exec first --namespace $NS -- sha256sum /secrets/one)"

# Key Vault's rule: a name is free when what had it is purged.
kubectl apply -f "$(dirname "$0")/contents.yaml" >/dev/null
kubectl wait --for=condition=Ready=False vaultsecret/one --namespace $NS --timeout=30s >/dev/null
expect "why the name cannot be used" ObjectIsDeletedButRecoverable \
  "$(kubectl get vaultsecret one --namespace $NS -o jsonpath='{.status.conditions[?(@.type=="Ready")].reason}')"
