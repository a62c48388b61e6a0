#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# As after an outage of the whole cluster, when nobody waits for anybody.
# shellcheck source=restarts.sh
source "$(dirname "$0")/restarts.sh"

kubectl delete pod --all --namespace strongroom-node --wait=false >/dev/null
delete_pods strongroom-system
kubectl apply -f - >/dev/null <<YAML
apiVersion: strongroom.io/v1alpha1
kind: VaultSecret
metadata: { name: new, namespace: $NS }
spec: { vault: restarts, generate: {} }
YAML
pod $NS after-all reader restarts kept
starts_with_same after-all
still_there "after all of them started anew"
kubectl wait --for=condition=Ready vaultsecret/new --namespace $NS --timeout=90s >/dev/null
for namespace in strongroom-node strongroom-system; do
  kubectl rollout status deployment,statefulset,daemonset --namespace $namespace --timeout=90s >/dev/null
done
