#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=../lib/e2e.sh
source "$(dirname "$0")/../lib/e2e.sh"
NS=e2e-keys

kubectl apply -f "$(dirname "$0")/resources.yaml" >/dev/null
kubectl wait --for=condition=Ready secretvault,vaultkey,vaultcertificate --all --namespace $NS --timeout=90s >/dev/null
expect_match "the key's id" "https://keys.$NS.svc/keys/signing/*" \
  "$(kubectl get vaultkey signing --namespace $NS -o jsonpath='{.status.id}')"
expect_match "the certificate's thumbprint" '[0-9a-f][0-9a-f]*' \
  "$(kubectl get vaultcertificate tls --namespace $NS -o jsonpath='{.status.thumbprint}')"
# The private keys are in the vault, and in nothing that Kubernetes stores.
expect "Secrets of the namespace" "" "$(kubectl get secrets --namespace $NS -o name)"
