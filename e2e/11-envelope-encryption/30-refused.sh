#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=../lib/e2e.sh
source "$(dirname "$0")/../lib/e2e.sh"
# shellcheck source=envelope.sh
source "$(dirname "$0")/envelope.sh"
keys=$(cat "$WORK/data-keys")

# What no key of this vault wrapped: as long as an RSA-3072 key's wrapping.
random=$(head -c 384 /dev/urandom | base64 -w 0 | tr '+/' '-_' | tr -d =)
key_pod other-account writer "$keys"
key_pod other-wrapping reader "${keys%:*}:$random"
key_pod no-wrapping reader "${keys%:*}"
pod_refused $NS other-account 'keys/records: Forbidden'
pod_refused $NS other-wrapping 'keys/records: CannotUnwrap'
pod_refused $NS no-wrapping 'InvalidArgument'

before=$("$CLUSTER/tpm.sh" read | jq -r '.sha256["7"]')
"$CLUSTER/tpm.sh" extend 7 "$(printf 'something else was booted' | sha256sum | cut -d' ' -f1)"
attest_again
key_pod measured reader "$keys"
pod_refused $NS measured 'keys/records: PolicyDenied'

"$CLUSTER/tpm.sh" restart
expect "PCR 7 after the restart" "$before" "$("$CLUSTER/tpm.sh" read | jq -r '.sha256["7"]')"
attest_again
pod_starts $NS measured
