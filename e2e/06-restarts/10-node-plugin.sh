#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=restarts.sh
source "$(dirname "$0")/restarts.sh"

leaving=$(uid_of leaving)
plugin_away
still_there "without the node plugin"
leave leaving
pod $NS meanwhile reader restarts kept
# The kubelet knows nobody who could take the volume down, and must not lose it.
sleep 3
expect "containers of a deleted pod without the node plugin" "" "$(kubectl get pod leaving --namespace $NS -o jsonpath='{.status.containerStatuses[*].state.running}')"
expect "volumes of a deleted pod without the node plugin" 1 "$(volumes_of "$leaving")"
expect "phase of a pod without the node plugin" Pending "$(kubectl get pod meanwhile --namespace $NS -o jsonpath='{.status.phase}')"

plugin_back
is_gone leaving "$leaving"
starts_with_same meanwhile
still_there "with the node plugin back"
