#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=../lib/e2e.sh
source "$(dirname "$0")/../lib/e2e.sh"

kubectl delete pod elsewhere --namespace e2e-refused --ignore-not-found --force --grace-period=0 >/dev/null 2>&1
kubectl delete node e2e-other-node --ignore-not-found >/dev/null
kubectl delete namespace e2e-refused --ignore-not-found --timeout=90s >/dev/null
