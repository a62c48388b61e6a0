#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=../lib/e2e.sh
source "$(dirname "$0")/../lib/e2e.sh"
NS=quickstart
in_sample() { kubectl exec deployment/quickstart --namespace $NS -- "$@"; }

uid=$(kubectl get pods --namespace $NS -l app.kubernetes.io/name=quickstart --field-selector status.phase=Running -o jsonpath='{.items[0].metadata.uid}')
path=$(kubectl get deployment quickstart --namespace $NS -o jsonpath='{.spec.template.spec.containers[0].volumeMounts[0].mountPath}')
# shellcheck disable=SC2016 # expanded by the program in the pod
hmac=$(in_sample node -e '
  const { createHmac } = require("node:crypto"), { readFileSync } = require("node:fs");
  console.log(createHmac("sha256", process.argv[1]).update(readFileSync(process.argv[2])).digest("hex"));
' "$uid" "$path/db-password")
expect_match "the sample's line" "db-password: 32 bytes, HMAC-SHA-256 $hmac" "$(kubectl logs deployment/quickstart --namespace $NS --tail=1)"

expect "mode of the file (fsGroup)" 440 "$(in_sample stat -L -c %a "$path/db-password")"
expect "mode of the folder (fsGroup)" 2750 "$(in_sample stat -c %a "$path")"
mount=$(in_sample grep " tmpfs strongroom " /proc/self/mountinfo)
expect_match "the mount in the pod" "* /run/strongroom ro,*" "$mount"
pod $NS modes quickstart quickstart db-password
pod_starts $NS modes
expect "mode of the file" 444 "$(kubectl exec modes --namespace $NS -- stat -L -c %a /secrets/db-password)"
mount=$("$CLUSTER/exec-node.sh" grep "$(kubectl get pod modes --namespace $NS -o jsonpath='{.metadata.uid}')/volumes/kubernetes.io~csi" /proc/self/mountinfo | head -1)
for option in nosuid nodev noexec noswap size=1024k nr_inodes=1024; do
  expect_match "the mount on the node" "*$option*" "$mount"
done
kubectl delete pod modes --namespace $NS --wait=false >/dev/null

for resource in secretvault/quickstart vaultsecret/db-password keyreleasepolicy/local-node; do
  expect "$resource" True "$(kubectl get "$resource" --namespace $NS -o jsonpath='{.status.conditions[?(@.type=="Ready")].status}')"
done
expect "the vault's domain and who enforces" "none host" "$(kubectl get secretvault quickstart --namespace $NS -o jsonpath='{.status.domain} {.status.enforcedBy}')"
expect "Secrets of the sample" "" "$(kubectl get secrets --namespace $NS -o name)"
expect_match "events of the vault" "*Created*" "$(kubectl get events --namespace $NS --field-selector involvedObject.name=quickstart -o jsonpath='{.items[*].reason}')"
