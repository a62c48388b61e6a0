#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=../lib/e2e.sh
source "$(dirname "$0")/../lib/e2e.sh"
# shellcheck source=envelope.sh
source "$(dirname "$0")/envelope.sh"

# The beginning of the large file and of its chunks: header, then 65,552 bytes each.
head -c 300000 "$WORK/large" >"$WORK/three"
node "$EXAMPLE/app/encrypt.ts" "$WORK/key.json" "$WORK/sealed" "$WORK/three" >"$WORK/three-key"
sealed=$WORK/sealed/three.sealed
header=$(($(stat -c %s "$sealed") - 300000 - 5 * 16))
part() { tail -c "+$((header + 65552 * $1 + 1))" "$sealed" | head -c "$((65552 * $2))"; }

reader "$(cat "$WORK/three-key")"
expect "the file as it was written" "$(sha256sum <"$WORK/three" | cut -d' ' -f1)" "$(digest_in_reader <"$sealed")"
# shellcheck disable=SC2317 # called by expect_refused
{
  cut_inside() { head -c -1 "$sealed" | decrypt_in_reader; }
  cut_at_a_chunk() { head -c "$((header + 65552 * 2))" "$sealed" | decrypt_in_reader; }
  swapped() { { head -c "$header" "$sealed" && part 1 1 && part 0 1 && part 2 3; } | decrypt_in_reader; }
  followed() { { cat "$sealed" && printf x; } | decrypt_in_reader; }
  of_another_key() { decrypt_in_reader <"$WORK/sealed/small.sealed"; }
}
expect_match "a file without its last byte" "*changed at chunk 5*" "$(expect_refused "a file without its last byte" cut_inside)"
expect_match "a file cut between chunks" "*cut behind chunk 2*" "$(expect_refused "a file cut between chunks" cut_at_a_chunk)"
expect_match "two chunks in each other's place" "*changed at chunk 1*" "$(expect_refused "two chunks in each other's place" swapped)"
expect_match "something behind the end" "*changed at chunk 5*" "$(expect_refused "something behind the end" followed)"
expect_match "a file of another data key" "*another key's*" "$(expect_refused "a file of another data key" of_another_key)"
