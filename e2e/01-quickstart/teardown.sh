#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=../lib/e2e.sh
source "$(dirname "$0")/../lib/e2e.sh"

kubectl apply -f "$ROOT/examples/quickstart/03-policy.yaml" >/dev/null
kubectl delete pod modes without-policy --namespace quickstart --ignore-not-found >/dev/null
