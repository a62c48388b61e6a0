#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=../lib/e2e.sh
source "$(dirname "$0")/../lib/e2e.sh"
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"

rm -rf "$FILES"
mkdir -p "$FILES"
for namespace in $NS $NS-node; do
  kubectl create namespace "$namespace" --dry-run=client -o yaml | kubectl apply -f - >/dev/null
  kubectl label namespace "$namespace" pod-security.kubernetes.io/enforce=restricted --overwrite >/dev/null
done
for account in officer stranger; do
  kubectl create serviceaccount $account --namespace $NS >/dev/null
done
# The chart's names in the whole cluster are the first installation's.
kubectl create clusterrolebinding $NS --clusterrole strongroom-vault --serviceaccount $NS:strongroom-vault >/dev/null
version=$(kubectl version -o json | jq -r .serverVersion.gitVersion)
helm template strongroom "$ROOT/charts/strongroom" --namespace $NS --values "$STATE/cluster/values.yaml" --kube-version "$version" \
  --set hsm.domain=custodians --set "vault.securityOfficers={system:serviceaccount:$NS:officer}" \
  --set nodePlugin.namespace.name=$NS-node \
  --show-only templates/trust.yaml --show-only templates/vault/rbac.yaml --show-only templates/vault/config.yaml \
  --show-only templates/vault/service.yaml --show-only templates/vault/statefulset.yaml |
  kubectl create --dry-run=client -o json -f - |
  jq 'select(.kind | startswith("Cluster") | not)' |
  kubectl apply -f - >/dev/null
for index in 0 1 2; do
  openssl req -x509 -newkey rsa:3072 -noenc -sha256 -days 2 -subj "/CN=custodian $index" \
    -keyout "$FILES/$index.pem" -out "$FILES/$index.crt" 2>/dev/null
done
