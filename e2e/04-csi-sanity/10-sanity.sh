#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=../lib/e2e.sh
source "$(dirname "$0")/../lib/e2e.sh"

# What needs a controller, by the suite's names.
WITHOUT_CONTROLLER='Controller|Snapshot|ExpandVolume|ModifyVolume|GroupController|should work|should be idempotent|should remove target path|does not exist on the specified path'
"$CLUSTER/exec-node.sh" mkdir -p /run/csi-sanity
output=$("$CLUSTER/exec-node.sh" env --chdir=/ "$CACHE/tools/csi-sanity-$CSI_SANITY_VERSION/csi-sanity" \
  --csi.endpoint=/var/lib/kubelet/plugins/csi.strongroom.io/csi.sock \
  --csi.mountdir=/run/csi-sanity/mount --csi.stagingdir=/run/csi-sanity/stage \
  --ginkgo.skip="$WITHOUT_CONTROLLER" --ginkgo.no-color 2>&1) || { echo "$output" && fail "csi-sanity failed"; }
grep -E '^Ran [0-9]+ of' <<<"$output"
[[ $(sed -n 's/^Ran \([0-9]*\) of.*/\1/p' <<<"$output") -ge 10 ]] || fail "csi-sanity ran fewer than the ten tests that must pass"

pod quickstart after-sanity quickstart quickstart db-password
pod_starts quickstart after-sanity
