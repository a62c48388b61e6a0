#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=../lib/e2e.sh
source "$(dirname "$0")/../lib/e2e.sh"

"$CLUSTER/tpm.sh" restart
"$CLUSTER/exec-node.sh" rm -f /run/strongroom-tpm/boot-log
kubectl delete namespace e2e-measured-boot --ignore-not-found --timeout=90s >/dev/null
install_chart
kubectl delete pod --all --namespace strongroom-node >/dev/null
kubectl delete pod measured --namespace quickstart --ignore-not-found >/dev/null
kubectl rollout status daemonset/strongroom-node --namespace strongroom-node --timeout=60s >/dev/null
