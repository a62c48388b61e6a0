#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=restarts.sh
source "$(dirname "$0")/restarts.sh"

leaving=$(uid_of leaving-too)
vault_away
# Nothing is remembered of earlier releases either.
delete_pods strongroom-node
kubectl rollout status daemonset/strongroom-node --namespace strongroom-node --timeout=60s >/dev/null
leave leaving-too
is_gone leaving-too "$leaving"

# A kubelet that starts publishes the volumes of all its pods anew.
"$CLUSTER/kill.sh" kubelet
"$CLUSTER/start.sh" kubelet
republished() { kubectl logs daemonset/strongroom-node --namespace strongroom-node | grep 'republish failed, content kept' >/dev/null; }
eventually 60 "a republish without the vault" republished
still_there "without the vault"

pod $NS waiting reader restarts kept
sleep 5
expect "phase of a pod without the vault" Pending "$(kubectl get pod waiting --namespace $NS -o jsonpath='{.status.phase}')"
vault_back
starts_with_same waiting
expect "failures of the pod that waited" "" "$(mount_events $NS waiting)"
still_there "with the vault back"
