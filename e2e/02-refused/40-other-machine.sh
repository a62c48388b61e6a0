#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The other node is a machine with a TPM of the same maker, and is attested: a token that was stolen here opens nothing there.
# shellcheck source=machines.sh
source "$(dirname "$0")/machines.sh"

make_other_node
"$CLUSTER/tpm.sh" --instance other start
in_node other-machine-in-node.ts
