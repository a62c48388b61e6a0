# SPDX-License-Identifier: Apache-2.0
# Sourced by the steps that play the node plugin by hand: a second node, and tokens of pods of both.
# shellcheck shell=bash

# shellcheck source=../lib/e2e.sh
source "$(dirname "${BASH_SOURCE[0]}")/../lib/e2e.sh"
NS=e2e-refused
AUDIENCE=https://strongroom.strongroom-system.svc

# elsewhere NAMESPACE NAME SERVICEACCOUNT: a pod of the other node.
elsewhere() {
  kubectl apply -f - >/dev/null <<YAML
apiVersion: v1
kind: Pod
metadata: { name: "$2", namespace: "$1" }
spec:
  nodeName: e2e-other-node
  serviceAccountName: "$3"
  automountServiceAccountToken: false
  tolerations: [{ operator: Exists }]
  securityContext: { runAsNonRoot: true, runAsUser: 10004, seccompProfile: { type: RuntimeDefault } }
  containers:
    - name: app
      image: localhost/strongroom-e2e/busybox:1
      securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: [ALL] } }
YAML
}

# Nobody runs there: the API server binds tokens to pods of any node.
make_other_node() {
  kubectl apply -f - >/dev/null <<'YAML'
apiVersion: v1
kind: Node
metadata: { name: e2e-other-node }
spec: { unschedulable: true }
YAML
  elsewhere $NS elsewhere reader
  elsewhere strongroom-node e2e-elsewhere strongroom-node
}

bound_token() { kubectl create token "$3" --namespace "$1" --audience "$AUDIENCE" --bound-object-kind Pod --bound-object-name "$2"; }

# in_node PROGRAM: runs it in the node, with everything that it may ask with on its standard input.
in_node() {
  local plugin
  # The DaemonSet wants a pod on the other node too; that one never runs.
  plugin=$(kubectl get pods --namespace strongroom-node --field-selector status.phase=Running -o jsonpath='{.items[0].metadata.name}')
  jq -n \
    --arg address "$(kubectl get service strongroom --namespace strongroom-system -o jsonpath='{.spec.clusterIP}')" \
    --arg ca "$(kubectl get configmap strongroom-ca --namespace strongroom-system -o jsonpath='{.data.infrastructure-ca\.crt}')" \
    --arg plugin "$(bound_token strongroom-node "$plugin" strongroom-node)" \
    --arg otherPlugin "$(bound_token strongroom-node e2e-elsewhere strongroom-node)" \
    --arg here "$(bound_token $NS control reader)" \
    --arg elsewhere "$(bound_token $NS elsewhere reader)" \
    --arg vault "$(kubectl get secretvault refused --namespace $NS -o jsonpath='{.metadata.uid}')" \
    '{address: $address, ca: $ca, plugin: $plugin, otherPlugin: $otherPlugin, here: $here, elsewhere: $elsewhere, vault: $vault}' |
    "$CLUSTER/exec-node.sh" "$(command -v node)" --conditions=@strongroom/source "$(dirname "${BASH_SOURCE[0]}")/$1"
}
