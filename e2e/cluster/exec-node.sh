#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# exec-node.sh COMMAND…: runs a command in the node: its mounts, network and processes.
set -euo pipefail
# shellcheck source=cluster.sh
source "$(dirname "${BASH_SOURCE[0]}")/cluster.sh"

cluster_exec_node "$@"
