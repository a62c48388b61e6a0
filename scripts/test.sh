#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# All tests: check, jest, the scenarios on a real cluster; then one line with the sum. Fails if any of them failed.
set -euo pipefail
# shellcheck source=lib/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"
cd "$ROOT"

# tally NAME COMMAND…: runs a command, shows its output, keeps its last line "NAME: N passed, N failed, N skipped".
tally() {
  local name=$1 output line
  shift
  output=$(mktemp)
  "$@" 2>&1 | tee "$output" || FAILED+=("$name")
  line=$(sed 's/\x1b\[[0-9;]*m//g' "$output" | grep -E "^$name: [0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$" | tail -1)
  rm -f "$output"
  if [[ $line =~ ([0-9]+)\ passed,\ ([0-9]+)\ failed,\ ([0-9]+)\ skipped ]]; then
    PASSED=$((PASSED + BASH_REMATCH[1])) FAILURES=$((FAILURES + BASH_REMATCH[2])) SKIPPED=$((SKIPPED + BASH_REMATCH[3]))
  else
    warn "$name printed no tally"
    FAILED+=("$name")
  fi
}

FAILED=() PASSED=0 FAILURES=0 SKIPPED=0

"$ROOT/scripts/check.sh"
"$ROOT/scripts/setup.sh" unit
say "unit tests (jest)"
# Hundreds of programs are started; each starts in half the time where what Node compiled is kept.
export NODE_COMPILE_CACHE=$ROOT/node_modules/.cache/compile
# One worker more than CI has cores: most of a suite that starts programs is waiting for them.
tally jest node --experimental-vm-modules --disable-warning=ExperimentalWarning node_modules/jest/bin/jest.js --maxWorkers=3
say "scenarios (e2e)"
tally e2e "$ROOT/e2e/run.sh"

# A suite that did not load has no failed test of its own; it still has failed.
((${#FAILED[@]} == 0)) || warn "failed: ${FAILED[*]}"
((${#FAILED[@]} == 0 || FAILURES > 0)) || FAILURES=1
echo "total: $PASSED passed, $FAILURES failed, $SKIPPED skipped"
((FAILURES == 0))
