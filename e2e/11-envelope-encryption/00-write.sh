#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=../lib/e2e.sh
source "$(dirname "$0")/../lib/e2e.sh"
# shellcheck source=envelope.sh
source "$(dirname "$0")/envelope.sh"

kubectl apply -f "$EXAMPLE/01-vault.yaml" -f "$EXAMPLE/02-key.yaml" >/dev/null
kubectl wait --for=condition=Ready secretvault/archive vaultkey/records --namespace $NS --timeout=90s >/dev/null
mkdir -p "$WORK/sealed"
jq -n --arg address "$(kubectl get service strongroom --namespace strongroom-system -o jsonpath='{.spec.clusterIP}')" \
  --arg ca "$(kubectl get configmap strongroom-ca --namespace $NS -o jsonpath='{.data.infrastructure-ca\.crt}')" \
  --arg token "$(kubectl create token writer --namespace $NS --audience https://strongroom.strongroom-system.svc)" \
  '{address: $address, host: "archive.envelope.svc", ca: $ca, token: $token}' |
  "$CLUSTER/exec-node.sh" "$(command -v node)" --conditions=@strongroom/source "$ROOT/e2e/11-envelope-encryption/get-key-in-node.ts" >"$WORK/key.json"
expect "what the key is for" "secureWrapKey secureUnwrapKey" "$(jq -r '.key.key_ops | join(" ")' "$WORK/key.json")"

# The writer: this machine, which has the public key and no other way to the vault.
printf 'for attested\n' >"$WORK/small"
head -c 1073741824 /dev/urandom >"$WORK/large"
node "$EXAMPLE/app/encrypt.ts" "$WORK/key.json" "$WORK/sealed" "$WORK/small" "$WORK/large" >"$WORK/data-keys" 2>"$WORK/progress"
expect_match "what the reader's volume asks for" "data-key=records/*:RSA-OAEP-256:*" "$(cat "$WORK/data-keys")"
expect "the same from a file's header" "$(cat "$WORK/data-keys")" "$(node "$EXAMPLE/app/data-key-of.ts" "$WORK/sealed/large.sealed")"
expect_match "progress" "*encrypting large: 1024 MiB in * s, * MiB/s, memory * MiB*" "$(cat "$WORK/progress")"
