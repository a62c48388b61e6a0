#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# After all of it: the operator makes a new secret, and a new pod mounts it.
# shellcheck source=../lib/e2e.sh
source "$(dirname "$0")/../lib/e2e.sh"

kubectl apply -f "$(dirname "$0")/after.yaml" >/dev/null
kubectl wait --for=condition=Ready vaultsecret/seed-after --namespace e2e-kills --timeout=60s >/dev/null
kubectl wait --for=condition=Ready pod/after --namespace e2e-kills --timeout=120s >/dev/null
expect "length of the mounted value" 32 "$(kubectl exec after --namespace e2e-kills -- wc -c /secrets/seed-after | cut -d' ' -f1)"
