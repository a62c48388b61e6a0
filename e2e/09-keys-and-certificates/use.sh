# SPDX-License-Identifier: Apache-2.0
# Sourced by the steps: the vendor's clients in the node, on the vault's own address.
# shellcheck shell=bash

# use SERVICEACCOUNT STEP: runs a step of use-in-node.ts as that account.
use() {
  jq -n --arg step "$2" \
    --arg address "$(kubectl get service strongroom --namespace strongroom-system -o jsonpath='{.spec.clusterIP}')" \
    --arg ca "$(kubectl get configmap strongroom-ca --namespace e2e-keys -o jsonpath='{.data.infrastructure-ca\.crt}')" \
    --arg token "$(kubectl create token "$1" --namespace e2e-keys --audience https://strongroom.strongroom-system.svc)" \
    '{step: $step, access: {address: $address, host: "keys.e2e-keys.svc", ca: $ca, token: $token}}' |
    "$CLUSTER/exec-node.sh" "$(command -v node)" --conditions=@strongroom/source "$ROOT/e2e/09-keys-and-certificates/use-in-node.ts"
}
