#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=../lib/e2e.sh
source "$(dirname "$0")/../lib/e2e.sh"
# shellcheck source=envelope.sh
source "$(dirname "$0")/envelope.sh"

rm -rf "$WORK"
"$CLUSTER/tpm.sh" restart
attest_again
kubectl delete namespace $NS --ignore-not-found --timeout=90s >/dev/null
