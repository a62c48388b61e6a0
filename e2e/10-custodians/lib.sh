# SPDX-License-Identifier: Apache-2.0
# Sourced by the steps: the second installation's pod, volumes and command line.
# shellcheck shell=bash

NS=e2e-custodians
POD=strongroom-vault-0
FILES=$STATE/e2e-custodians

# What the vault said last when it could not serve.
waits_with() { kubectl logs $POD --container vault --namespace $NS 2>/dev/null | grep '"vault waits for its security domain"' | grep -q "\"$1\""; }

is_ready() { kubectl wait --for=condition=Ready pod/$POD --namespace $NS --timeout=1s; }

# In the node, since the pod is in no Service before it is ready.
domain() {
  "$CLUSTER/exec-node.sh" "$ROOT/cli/bin/strongroom.sh" domain "$@"
}

# online ACCOUNT CA COMMAND…: a command of `strongroom domain` that talks to the vault as that account.
online() {
  local account=$1 ca=$2
  shift 2
  umask 077
  kubectl create token "$account" --namespace $NS --audience https://strongroom.$NS.svc >"$FILES/bearer"
  kubectl get configmap strongroom-ca --namespace $NS -o jsonpath="{.data.$ca\\.crt}" >"$FILES/ca.crt"
  domain "$@" --url "https://strongroom.$NS.svc" --ca "$FILES/ca.crt" --token-file "$FILES/bearer" \
    --connect "$(kubectl get pod $POD --namespace $NS -o jsonpath='{.status.podIP}'):8443"
}

volume_of() { kubectl get pvc "$1" --namespace $NS -o jsonpath='{.spec.volumeName}'; }

# empty_volume NAME: of the node's, whoever had it last.
empty_volume() { "$CLUSTER/exec-node.sh" find "/var/lib/volumes/$1" -mindepth 1 -delete; }
