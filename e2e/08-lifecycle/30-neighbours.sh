#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=../lib/e2e.sh
source "$(dirname "$0")/../lib/e2e.sh"
NS=e2e-lifecycle

# Whoever made a Service of the vault's name first may be serving it: it stays as it is.
kubectl create service externalname taken --external-name elsewhere.example --namespace $NS >/dev/null
kubectl apply -f - >/dev/null <<YAML
apiVersion: strongroom.io/v1alpha1
kind: SecretVault
metadata: { name: taken, namespace: $NS }
spec: {}
YAML
kubectl wait --for=condition=Ready=False secretvault/taken --namespace $NS --timeout=30s >/dev/null
expect "why the vault is not ready" AddressConflict \
  "$(kubectl get secretvault taken --namespace $NS -o jsonpath='{.status.conditions[?(@.type=="Ready")].reason}')"
kubectl delete secretvault taken --namespace $NS --timeout=60s >/dev/null || fail "the vault does not go"
expect "the other's Service" elsewhere.example "$(kubectl get service taken --namespace $NS -o jsonpath='{.spec.externalName}')"

# A namespace goes in no particular order: volumes, finalizers, whatever.
uids=$(kubectl get pods --namespace $NS -o jsonpath='{range .items[*]}{.metadata.uid}{"\n"}{end}')
our_mounts() { "$CLUSTER/exec-node.sh" cat /proc/self/mountinfo | grep ' strongroom ' | grep --fixed-strings --count "$uids" || true; }
[[ $(our_mounts) -gt 0 ]] || fail "no volume to see go"
kubectl delete namespace $NS --timeout=60s >/dev/null || fail "the namespace does not go"
expect "volumes of its pods" 0 "$(our_mounts)"
