#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Ends the cluster and removes all that it left; only the cache of tools stays. Safe to run again.
set -euo pipefail
# shellcheck source=cluster.sh
source "$(dirname "${BASH_SOURCE[0]}")/cluster.sh"

cluster_down
rm -rf --one-file-system "$STATE/images"
# What else lies there, such as dev/, is not the cluster's.
rmdir "$STATE" 2>/dev/null || true
