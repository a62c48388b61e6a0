#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Evidence sent twice, a nonce of another node, and the token of a pod on another node: with the node's own TPM, from the node.
# shellcheck source=../lib/e2e.sh
source "$(dirname "$0")/../lib/e2e.sh"
NS=e2e-refused
AUDIENCE=https://strongroom.strongroom-system.svc

# Nobody runs there: the API server binds tokens to pods of any node.
kubectl apply -f - >/dev/null <<'YAML'
apiVersion: v1
kind: Node
metadata: { name: e2e-other-node }
spec: { unschedulable: true }
---
apiVersion: v1
kind: Pod
metadata: { name: elsewhere, namespace: e2e-refused }
spec:
  nodeName: e2e-other-node
  serviceAccountName: reader
  tolerations: [{ operator: Exists }]
  securityContext: { runAsNonRoot: true, runAsUser: 10004, seccompProfile: { type: RuntimeDefault } }
  containers:
    - name: app
      image: localhost/strongroom-e2e/busybox:1
      securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: [ALL] } }
YAML

bound_token() { kubectl create token "$3" --namespace "$1" --audience "$AUDIENCE" --bound-object-kind Pod --bound-object-name "$2"; }
uid_of() { kubectl get pod "$2" --namespace "$1" -o jsonpath='{.metadata.uid}'; }
# The DaemonSet wants a pod on the other node too; that one never runs.
plugin=$(kubectl get pods --namespace strongroom-node --field-selector status.phase=Running -o jsonpath='{.items[0].metadata.name}')
account=$(kubectl get pod "$plugin" --namespace strongroom-node -o jsonpath='{.spec.serviceAccountName}')

jq -n \
  --arg address "$(kubectl get service strongroom --namespace strongroom-system -o jsonpath='{.spec.clusterIP}')" \
  --arg ca "$(kubectl get configmap strongroom-ca --namespace strongroom-system -o jsonpath='{.data.infrastructure-ca\.crt}')" \
  --arg plugin "$(bound_token strongroom-node "$plugin" "$account")" \
  --arg here "$(bound_token $NS control reader)" --arg hereUid "$(uid_of $NS control)" \
  --arg elsewhere "$(bound_token $NS elsewhere reader)" \
  --arg vault "$(kubectl get secretvault refused --namespace $NS -o jsonpath='{.metadata.uid}')" \
  '{address: $address, ca: $ca, plugin: $plugin, here: $here, hereUid: $hereUid, elsewhere: $elsewhere, vault: $vault}' |
  "$CLUSTER/exec-node.sh" "$(command -v node)" --conditions=@strongroom/source "$ROOT/e2e/02-refused/replay-in-node.ts"
