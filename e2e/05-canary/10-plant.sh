#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The canary lives in memory and in the vault: not on a disk, and in no argument.
# shellcheck source=../lib/e2e.sh
source "$(dirname "$0")/../lib/e2e.sh"
NS=e2e-canary
umask 077

kubectl apply -f "$(dirname "$0")/resources.yaml" >/dev/null
kubectl wait --for=condition=Ready secretvault,keyreleasepolicy --all --namespace $NS --timeout=60s >/dev/null
head -c 32 /dev/urandom | base64 | tr '+/' '-_' | tr -d '=\n' >/dev/shm/strongroom-canary

jq -n --rawfile canary /dev/shm/strongroom-canary \
  --arg address "$(kubectl get service strongroom --namespace strongroom-system -o jsonpath='{.spec.clusterIP}')" \
  --arg ca "$(kubectl get configmap strongroom-ca --namespace $NS -o jsonpath='{.data.infrastructure-ca\.crt}')" \
  --arg token "$(kubectl create token writer --namespace $NS --audience https://strongroom.strongroom-system.svc)" \
  '{canary: $canary, access: {address: $address, host: "canary.e2e-canary.svc", ca: $ca, token: $token}}' |
  "$CLUSTER/exec-node.sh" "$(command -v node)" --conditions=@strongroom/source "$ROOT/e2e/05-canary/plant-in-node.ts"

pod $NS app reader canary governed
pod_starts $NS app
