#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The token's volume is lost, with the keys on it; the store is still there.
# shellcheck source=../lib/e2e.sh
source "$(dirname "$0")/../lib/e2e.sh"
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"

kubectl scale statefulset strongroom-vault --namespace $NS --replicas 0 >/dev/null
kubectl wait --for=delete pod/$POD --namespace $NS --timeout=60s >/dev/null
empty_volume "$(volume_of token-$POD)"
kubectl scale statefulset strongroom-vault --namespace $NS --replicas 1 >/dev/null
eventually 120 "a vault that waits to be recovered" waits_with RecoveryRequired
expect_refused "readiness before the recovery" is_ready >/dev/null
said=$(expect_refused "an activation afresh" online officer activation-ca download \
  --certificate "$FILES/0.crt" "$FILES/1.crt" "$FILES/2.crt" --required 2 --output "$FILES/afresh")
expect_match "why it is not activated afresh" '*upload their security domain*' "$said"

online officer activation-ca init-recovery --output "$FILES/exchange"
fingerprint=$(kubectl logs $POD --container hsm --namespace $NS | grep '"exchange key"' | tail -1 | grep -oE '[0-9a-f]{64}')
add_share() { domain restore-blob --domain "$FILES/domain" --exchange-key "$FILES/exchange" --fingerprint "$fingerprint" "$@"; }
add_share --key "$FILES/0.pem" --output "$FILES/one"
add_share --key "$FILES/2.pem" --add-to "$FILES/one" --output "$FILES/two"
expect_refused "recovery by one custodian" online officer activation-ca upload --restore-blob "$FILES/one" >/dev/null
online officer activation-ca upload --restore-blob "$FILES/two"
eventually 60 "the vault" is_ready
expect_match "the domain" '*"state": "active"*' "$(online officer infrastructure-ca status)"
