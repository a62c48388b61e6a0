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
  # Helm installs CRDs once and never upgrades them.
  kubectl apply --server-side --force-conflicts -f "$ROOT/crds" >/dev/null
  helm upgrade --install strongroom "$ROOT/charts/strongroom" --namespace "$NAMESPACE" --create-namespace --values "$STATE/cluster/values.yaml" \
    --wait --timeout 3m >/dev/null
}

show_sample() {
  say "starting the sample"
  kubectl apply -f "$ROOT/examples/quickstart" >/dev/null
  kubectl rollout status deployment/quickstart --namespace quickstart --timeout=120s >/dev/null
  kubectl logs deployment/quickstart --namespace quickstart --tail=1
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
build_and_start
load_images
install_chart
[[ ! $RESTART ]] || restart_pods
show_sample
touch "$STATE/cluster/installed"
