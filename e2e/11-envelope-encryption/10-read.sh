#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=../lib/e2e.sh
source "$(dirname "$0")/../lib/e2e.sh"
# shellcheck source=envelope.sh
source "$(dirname "$0")/envelope.sh"

reader "$(cat "$WORK/data-keys")"
expect "the data key's file" "32 440" "$(in_reader stat -L -c '%s %a' $DATA_KEY </dev/null)"
expect "the small file" "for attested" "$(in_reader node /app/decrypt.ts $DATA_KEY - - <"$WORK/sealed/small.sealed")"
expect "the large file" "$(sha256sum <"$WORK/large" | cut -d' ' -f1)" "$(digest_in_reader <"$WORK/sealed/large.sealed" 2>"$WORK/progress")"
memory=$(sed -n 's/.*1024 MiB in .* memory \([0-9]*\) MiB$/\1/p' "$WORK/progress")
[[ $memory ]] && ((memory < 256)) || fail "memory for 1 GiB: '$memory' MiB; $(tail -1 "$WORK/progress")"
expect "Secrets of the namespace" "" "$(kubectl get secrets --namespace $NS -o name)"
