#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# make up: the cluster, our images, the chart, and the sample application. Safe to run again after a change.
set -euo pipefail
# shellcheck source=cluster.sh
source "$(dirname "${BASH_SOURCE[0]}")/cluster.sh"

NAMESPACE=strongroom-system
NODE_NAMESPACE=strongroom-node
export KUBECONFIG=$STATE/kubeconfig

build_and_start() {
  "$CLUSTER_HOME/images.sh" node # the cluster needs these first
  "$CLUSTER_HOME/images.sh" &
  local images=$!
  "$CLUSTER_HOME/up.sh"
  wait "$images" || die "the images could not be built"
}

install_chart() {
  say "installing the chart"
  "$CLUSTER_HOME/values.sh" >"$STATE/cluster/values.yaml"
  kubectl apply -f - >/dev/null <<YAML
apiVersion: v1
kind: Namespace
metadata:
  name: $NAMESPACE
  labels: { pod-security.kubernetes.io/enforce: restricted }
YAML
  # Helm installs CRDs once and never upgrades them.
  kubectl apply --server-side --force-conflicts -f "$ROOT/crds" >/dev/null
  helm upgrade --install strongroom "$ROOT/charts/strongroom" --namespace "$NAMESPACE" --values "$STATE/cluster/values.yaml" \
    --wait --timeout 3m >/dev/null
}

start_sample() {
  say "starting the sample"
  kubectl apply -f "$ROOT/examples/quickstart" >/dev/null
  kubectl rollout status deployment/quickstart --namespace quickstart --timeout=120s >/dev/null
}

# The vault says which node it attested, by what, and how good that is: the newest line counts.
attested_node() {
  kubectl logs statefulset/strongroom-vault --container vault --namespace "$NAMESPACE" |
    jq -r 'select(.message == "node attested")
      | "node \(.node) was attested by its \(.kind | ascii_upcase) \((.device // "evidence")[0:16])…, class \(.class), root \"\(.name)\""' |
    tail -1
}

show_sample() {
  cat <<TEXT

$(attested_node)
the sample's pod says:  $(kubectl logs deployment/quickstart --namespace quickstart --tail=1)

Look around:
  export KUBECONFIG=.strongroom/kubeconfig PATH=\$PWD/.strongroom/bin:\$PATH
  kubectl get strongroom --all-namespaces
  kubectl describe secretvault quickstart --namespace quickstart
  kubectl logs statefulset/strongroom-vault --container vault --namespace $NAMESPACE
  kubectl logs daemonset/strongroom-node --namespace $NODE_NAMESPACE
What the sample is made of: examples/quickstart. Take it all down: make down

TEXT
}

load_images() {
  local archive=$STATE/images/strongroom.tar loaded=$STATE/cluster/loaded-images digest
  [[ -e $archive ]] || return 0
  digest=$(sha256sum <"$archive")
  [[ -e $loaded && $(<"$loaded") == "$digest" ]] && return
  say "loading the images"
  cluster_load_image "$archive"
  [[ ! -e $loaded ]] || RESTART=1
  echo "$digest" >"$loaded"
}

# The tag stays the same while images change, so pods of the older ones are replaced by hand.
restart_pods() {
  local namespace
  say "replacing pods of older images"
  for namespace in "$NAMESPACE" "$NODE_NAMESPACE"; do
    kubectl rollout restart deployment,statefulset,daemonset --namespace "$namespace" >/dev/null
    kubectl rollout status deployment,statefulset,daemonset --namespace "$namespace" --timeout=120s >/dev/null
  done
}

RESTART=""
cluster_check # before minutes of building
build_and_start
load_images
install_chart
[[ ! $RESTART ]] || restart_pods
start_sample
touch "$STATE/cluster/installed"
show_sample
