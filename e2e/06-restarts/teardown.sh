#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=restarts.sh
source "$(dirname "$0")/restarts.sh"

# Some of it is away only where a step failed.
"$CLUSTER/start.sh" kubelet
vault_back
operator_back
plugin_back
kubectl delete namespace $NS --ignore-not-found --timeout=90s >/dev/null
