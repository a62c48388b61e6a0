#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=../lib/e2e.sh
source "$(dirname "$0")/../lib/e2e.sh"
# shellcheck source=use.sh
source "$(dirname "$0")/use.sh"
NS=e2e-keys

kubectl delete vaultkey/signing vaultcertificate/tls --namespace $NS --timeout=60s >/dev/null
eventually 30 "objects that are deleted softly" use client deleted
