#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=../lib/e2e.sh
source "$(dirname "$0")/../lib/e2e.sh"
NS=quickstart

try() { kubectl delete pod measured --namespace $NS --ignore-not-found >/dev/null && pod $NS measured quickstart quickstart db-password; }

before=$("$CLUSTER/tpm.sh" read | jq -r '.sha256["7"]')
try
pod_starts $NS measured

"$CLUSTER/tpm.sh" extend 7 "$(printf 'something else was booted' | sha256sum | cut -d' ' -f1)"
[[ $before != "$("$CLUSTER/tpm.sh" read | jq -r '.sha256["7"]')" ]] || fail "PCR 7 did not change"
attest_again
try
pod_refused $NS measured 'db-password: PolicyDenied'
expect "the pod from before" Running "$(kubectl get pods --namespace $NS -l app.kubernetes.io/name=quickstart -o jsonpath='{.items[0].status.phase}')"

"$CLUSTER/tpm.sh" restart
expect "PCR 7 after the restart" "$before" "$("$CLUSTER/tpm.sh" read | jq -r '.sha256["7"]')"
attest_again
pod_starts $NS measured
