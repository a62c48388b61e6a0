#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A vault whose writer may set secrets over the plain API, and a pod's account that may have them released.
# shellcheck source=../lib/e2e.sh
source "$(dirname "$0")/../lib/e2e.sh"

kubectl apply -f "$(dirname "$0")/vault.yaml" >/dev/null
kubectl wait --for=condition=Ready secretvault/kills --namespace e2e-kills --timeout=60s >/dev/null
kubectl wait --for=condition=Ready vaultsecret/seed keyreleasepolicy/any-attested --namespace e2e-kills --timeout=60s >/dev/null
