#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Runs the scenarios: e2e/NN-name/NN-*.sh or .ts in order, then teardown.sh, always. run.sh NAME…: only those.
# Brings the cluster and Strongroom up where they are not, and down again if it brought them up. STRONGROOM_KEEP=1 does not.
set -euo pipefail
# shellcheck source=../scripts/lib/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/../scripts/lib/common.sh"

PASSED=0 FAILED=0 SKIPPED=0
export KUBECONFIG=$STATE/kubeconfig
export PATH=$STATE/bin:$PATH

run_step() {
  case $1 in
    *.ts) node --conditions=@strongroom/source "$1" </dev/null ;;
    *) bash "$1" </dev/null ;;
  esac
}

steps_of() { find "$1" -maxdepth 1 \( -name '[0-9][0-9]-*.sh' -o -name '[0-9][0-9]-*.ts' \) ! -name '*.test.ts' | sort; }

# A step that ends with 77 says that this machine cannot run it. After a failure the rest of a scenario is skipped.
run_scenario() {
  local folder=$1 step code failed="" steps
  say "scenario $(basename "$folder")"
  mapfile -t steps < <(steps_of "$folder")
  for step in "${steps[@]}"; do
    code=0
    if [[ $failed ]]; then code=77; else run_step "$step" || code=$?; fi
    count_step "${step#"$ROOT"/e2e/}" "$code"
    [[ $code == 0 || $code == 77 ]] || failed=1
  done
  [[ ! -e $folder/teardown.sh ]] || bash "$folder/teardown.sh" </dev/null || warn "teardown of $(basename "$folder") failed"
}

count_step() {
  case $2 in
    0) PASSED=$((PASSED + 1)) && say "passed $1" ;;
    77) SKIPPED=$((SKIPPED + 1)) && say "skipped $1" ;;
    *) FAILED=$((FAILED + 1)) && say "FAILED $1 (exit $2)" ;;
  esac
}

scenarios() {
  if (($# > 0)); then printf "$ROOT/e2e/%s\n" "$@"; else find "$ROOT/e2e" -mindepth 1 -maxdepth 1 -type d -name '[0-9][0-9]-*' | sort; fi
}

finish() {
  local code=$?
  ((code == 0)) || FAILED=$((FAILED + 1)) # the cluster, or this script itself
  [[ ! $BROUGHT_UP || ${STRONGROOM_KEEP-} ]] || "$ROOT/e2e/cluster/down.sh" || FAILED=$((FAILED + 1))
  echo "e2e: $PASSED passed, $FAILED failed, $SKIPPED skipped"
  ((FAILED == 0)) || exit 1
}

BROUGHT_UP=
trap finish EXIT
if [[ ! -e $STATE/cluster/installed ]]; then
  BROUGHT_UP=1
  "$ROOT/e2e/cluster/install.sh"
fi
mapfile -t folders < <(scenarios "$@")
for folder in "${folders[@]}"; do
  run_scenario "$folder"
done
