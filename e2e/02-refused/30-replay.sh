#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Evidence and requests sent twice, a nonce of another node, a pod's token of another node: with the node's own TPM, from the node.
# shellcheck source=machines.sh
source "$(dirname "$0")/machines.sh"

make_other_node
in_node replay-in-node.ts
