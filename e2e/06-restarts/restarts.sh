# SPDX-License-Identifier: Apache-2.0
# Sourced by this scenario's steps.
# shellcheck shell=bash

# shellcheck source=../lib/e2e.sh
source "$(dirname "${BASH_SOURCE[0]}")/../lib/e2e.sh"
# shellcheck disable=SC2034 # used by the steps
NS=e2e-restarts
# A label that no node has.
AWAY='strongroom.io/e2e-away'

# digest POD: of the value as the pod reads it at this moment.
digest() { kubectl exec "$1" --namespace $NS -- sha256sum /secrets/kept | cut -d' ' -f1; }

# still_there: the pod that has been running all the time reads what it read at first.
still_there() { expect "what the running pod reads $1" "$(kubectl get configmap first --namespace $NS -o jsonpath='{.data.digest}')" "$(digest before)"; }

# starts_with_same POD: a pod that was made later has the same value.
starts_with_same() {
  pod_starts $NS "$1"
  expect "what pod $1 reads" "$(digest before)" "$(digest "$1")"
}

uid_of() { kubectl get pod "$1" --namespace $NS -o jsonpath='{.metadata.uid}'; }

# volumes_of UID: how many volumes of ours the node has mounted for a pod.
# shellcheck disable=SC2016 # awk expands
volumes_of() { "$CLUSTER/exec-node.sh" awk -v uid="$1" 'index($5, uid) && $(NF - 1) == "strongroom"' /proc/self/mountinfo | wc -l; }

# leave POD: deletes it in the orderly manner, in which the API server keeps it until the kubelet has taken it down.
leave() { kubectl delete pod "$1" --namespace $NS --grace-period=1 --wait=false >/dev/null; }

# is_gone POD UID: and so is its volume.
is_gone() {
  kubectl wait --for=delete "pod/$1" --namespace $NS --timeout=90s >/dev/null || fail "the deleted pod does not go"
  expect "volumes of the deleted pod" 0 "$(volumes_of "$2")"
}

plugin_away() {
  kubectl patch daemonset strongroom-node --namespace strongroom-node --type merge \
    --patch "{\"spec\":{\"template\":{\"spec\":{\"nodeSelector\":{\"$AWAY\":\"true\"}}}}}" >/dev/null
  kubectl wait --for=delete pod --all --namespace strongroom-node --timeout=60s >/dev/null
}

plugin_back() {
  kubectl patch daemonset strongroom-node --namespace strongroom-node --type merge \
    --patch "{\"spec\":{\"template\":{\"spec\":{\"nodeSelector\":{\"$AWAY\":null}}}}}" >/dev/null
  kubectl rollout status daemonset/strongroom-node --namespace strongroom-node --timeout=60s >/dev/null
}

# scale WORKLOAD REPLICAS: in the release's namespace; waits until it is so.
scale() {
  kubectl scale "$1" --replicas="$2" --namespace strongroom-system >/dev/null
  if (($2 == 0)); then
    kubectl wait --for=delete pod --selector "app.kubernetes.io/component=$3" --namespace strongroom-system --timeout=60s >/dev/null
  else
    kubectl rollout status "$1" --namespace strongroom-system --timeout=90s >/dev/null
  fi
}

vault_away() { scale statefulset/strongroom-vault 0 vault; }
vault_back() { scale statefulset/strongroom-vault 1 vault; }
operator_away() { scale deployment/strongroom-operator 0 operator; }
operator_back() { scale deployment/strongroom-operator 1 operator; }
