#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=../lib/e2e.sh
source "$(dirname "$0")/../lib/e2e.sh"
NS=e2e-lifecycle

kubectl apply -f "$(dirname "$0")/namespace.yaml" -f "$(dirname "$0")/contents.yaml" >/dev/null
# In the order that is against nature: what is in a vault comes before it.
for resource in keyreleasepolicy/attested vaultsecret/one vaultsecret/two; do
  kubectl wait --for=condition=Ready=False "$resource" --namespace $NS --timeout=30s >/dev/null
done
kubectl apply -f "$(dirname "$0")/vault.yaml" >/dev/null
kubectl wait --for=condition=Ready secretvault,keyreleasepolicy,vaultsecret --all --namespace $NS --timeout=60s >/dev/null
pod $NS first reader life one,two
pod_starts $NS first
