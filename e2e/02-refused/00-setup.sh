#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=../lib/e2e.sh
source "$(dirname "$0")/../lib/e2e.sh"

kubectl apply -f "$(dirname "$0")/resources.yaml" >/dev/null
kubectl wait --for=condition=Ready secretvault,keyreleasepolicy,vaultsecret --all --namespace e2e-refused --timeout=60s >/dev/null
