# SPDX-License-Identifier: Apache-2.0
# Sourced by the scenarios' steps: source "$(dirname "$0")/../lib/e2e.sh". kubectl and helm speak to the test cluster.
# shellcheck shell=bash

set -euo pipefail
# shellcheck source=../../scripts/lib/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/../../scripts/lib/common.sh"
export KUBECONFIG=$STATE/kubeconfig
# shellcheck disable=SC2034 # used by the steps
CLUSTER=$ROOT/e2e/cluster

fail() { die "$@"; }

# skip REASON: this machine cannot run the step.
skip() {
  say "skipping: $*"
  exit 77
}

# expect WHAT WANTED GOT
expect() { [[ $2 == "$3" ]] || fail "$1: wanted '$2', got '$3'"; }

# expect_match WHAT PATTERN GOT: PATTERN is a shell pattern.
# shellcheck disable=SC2053 # a pattern is meant
expect_match() { [[ $3 == $2 ]] || fail "$1: wanted something like '$2', got '$3'"; }

# expect_refused WHAT COMMAND…: the command must fail; prints what it said.
expect_refused() {
  local what=$1 output
  shift
  ! output=$("$@" 2>&1) || fail "$what: should have been refused, but succeeded"
  printf '%s\n' "$output"
}

# eventually SECONDS WHAT COMMAND…: until the command succeeds.
eventually() { until_ok "$@"; }

# run_as_pod NAMESPACE NAME COMMAND…: a pod that runs one command in the busybox image; prints its output.
run_as_pod() {
  local namespace=$1 name=$2
  shift 2
  kubectl run "$name" --namespace "$namespace" --image localhost/strongroom-e2e/busybox:1 --restart Never \
    --quiet --rm --attach -- "$@" 2>/dev/null
}
