#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=restarts.sh
source "$(dirname "$0")/restarts.sh"

operator_away
still_there "without the operator"
# Release needs no operator.
pod $NS without-operator reader restarts kept
starts_with_same without-operator
kubectl apply -f - >/dev/null <<YAML
apiVersion: strongroom.io/v1alpha1
kind: VaultSecret
metadata: { name: asked-for, namespace: $NS }
spec: { vault: restarts, generate: { length: 40 } }
YAML

operator_back
kubectl wait --for=condition=Ready vaultsecret/asked-for --namespace $NS --timeout=60s >/dev/null
pod $NS with-both reader restarts kept,asked-for
starts_with_same with-both
expect "length of the value that was asked for meanwhile" 40 "$(kubectl exec with-both --namespace $NS -- wc -c /secrets/asked-for | cut -d' ' -f1)"
