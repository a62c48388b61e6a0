#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# start.sh COMPONENT: starts a component again after kill.sh and waits until it answers.
set -euo pipefail
# shellcheck source=cluster.sh
source "$(dirname "${BASH_SOURCE[0]}")/cluster.sh"

cluster_start "${1:?component}"
