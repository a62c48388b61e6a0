#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What the components may do in the API server, and what they may not.
# shellcheck source=../lib/e2e.sh
source "$(dirname "$0")/../lib/e2e.sh"
VAULT=system:serviceaccount:strongroom-system:strongroom-vault
OPERATOR=system:serviceaccount:strongroom-system:strongroom-operator
PLUGIN=system:serviceaccount:strongroom-node:strongroom-node

can() { kubectl auth can-i --as "$@" 2>/dev/null || true; }

expect "vault: token reviews" yes "$(can $VAULT create tokenreviews.authentication.k8s.io)"
expect "vault: its own ConfigMap" yes "$(can $VAULT patch configmap/strongroom-ca -n strongroom-node)"
for wrong in "get secrets" "list secrets" "get configmaps" "list pods" "create pods" "get secretvaults.strongroom.io" "create serviceaccounts --subresource=token"; do
  # shellcheck disable=SC2086 # words
  expect "vault: $wrong" no "$(can $VAULT $wrong -n default)"
done
expect "operator: vaults" yes "$(can $OPERATOR list secretvaults.strongroom.io --all-namespaces)"
for wrong in "get secrets" "list secrets" "create pods" "get pods" "create tokenreviews" "delete services" "patch vaultsecrets.strongroom.io" "list serviceaccounts" "assign secretvaults.strongroom.io" "write secretvaults.strongroom.io --subresource=secrets"; do
  # shellcheck disable=SC2086 # words
  expect "operator: $wrong" no "$(can $OPERATOR $wrong -n default)"
done
for wrong in "get secrets" "get pods" "get nodes" "list secretvaults.strongroom.io" "create tokenreviews" "get configmaps"; do
  # shellcheck disable=SC2086 # words
  expect "node plugin: $wrong" no "$(can $PLUGIN $wrong -n default)"
done
server=$(kubectl config view -o jsonpath='{.clusters[0].cluster.server}')
anonymous() {
  curl --silent --output /dev/null --write-out '%{http_code}' "$server$1" \
    --cacert <(kubectl config view --raw -o jsonpath='{.clusters[0].cluster.certificate-authority-data}' | base64 -d)
}
expect "anonymous, the API" 401 "$(anonymous /api/v1/namespaces)"
expect "anonymous, health" 200 "$(anonymous /readyz)"
expect "pod security of the vault's namespace" restricted "$(kubectl get namespace strongroom-system -o jsonpath='{.metadata.labels.pod-security\.kubernetes\.io/enforce}')"
