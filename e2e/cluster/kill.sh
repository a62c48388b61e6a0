#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# kill.sh COMPONENT: kill -9 of etcd, kubelet, kube-apiserver, containerd, …
set -euo pipefail
# shellcheck source=cluster.sh
source "$(dirname "${BASH_SOURCE[0]}")/cluster.sh"

cluster_kill "${1:?component}"
