#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=restarts.sh
source "$(dirname "$0")/restarts.sh"

leaving=$(uid_of leaving)
plugin_away
still_there "without the node plugin"
kubectl delete pod leaving --namespace $NS --wait=false >/dev/null
pod $NS meanwhile reader restarts kept
# The kubelet knows nobody who could take the volume down, and must not lose it.
sleep 2
expect "volumes of a deleted pod without the node plugin" 1 "$(volumes_of "$leaving")"
expect "phase of a pod without the node plugin" Pending "$(kubectl get pod meanwhile --namespace $NS -o jsonpath='{.status.phase}')"

plugin_back
kubectl wait --for=delete pod/leaving --namespace $NS --timeout=90s >/dev/null 2>&1 || fail "the deleted pod does not go"
expect "volumes of the deleted pod" 0 "$(volumes_of "$leaving")"
starts_with_same meanwhile
still_there "with the node plugin back"
