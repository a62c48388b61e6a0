#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=../lib/e2e.sh
source "$(dirname "$0")/../lib/e2e.sh"
# shellcheck source=lib.sh
source "$(dirname "$0")/lib.sh"

eventually 120 "a vault that waits to be activated" waits_with NotActivated
expect_refused "readiness before the activation" is_ready >/dev/null
certificates=("$FILES/0.crt" "$FILES/1.crt" "$FILES/2.crt")
said=$(expect_refused "activation by somebody else" \
  online stranger activation-ca download --certificate "${certificates[@]}" --required 2 --output "$FILES/theirs")
expect_match "what somebody else is told" '*security officer*' "$said"
online officer activation-ca download --certificate "${certificates[@]}" --required 2 --output "$FILES/domain"
eventually 60 "the vault" is_ready
expect_match "the domain" '*"state": "active"*' "$(online officer infrastructure-ca status)"
