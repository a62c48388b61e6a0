#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=../lib/e2e.sh
source "$(dirname "$0")/../lib/e2e.sh"
NS=e2e-measured-boot
LOG=/run/strongroom-tpm/boot-log

boot_log() { node --conditions=@strongroom/source "$(dirname "$0")/boot-log.ts" "$1"; }
# plant SECUREBOOT: the node's log is now one of a start with it on (1) or off (0).
plant() { boot_log "$1" | jq -r .log | base64 -d | "$CLUSTER/exec-node.sh" tee "$LOG" >/dev/null; }
shown() { kubectl get attestednode "$(kubectl get nodes -o jsonpath='{.items[0].metadata.name}')" -o jsonpath='{.status.eventLog}'; }
is_shown() { [[ $(shown) == "$1" ]]; }

kubectl apply -f "$(dirname "$0")/resources.yaml" >/dev/null
kubectl wait --for=condition=Ready secretvault,keyreleasepolicy,vaultsecret --all --namespace $NS --timeout=60s >/dev/null
for digest in $(boot_log 1 | jq -r '.digests[]'); do
  "$CLUSTER/tpm.sh" extend 7 "$digest"
done
plant 1
install_chart --set "nodePlugin.eventLog.hostPath=$LOG"
attest_again
eventually 90 "the log in what is shown of the node" is_shown Proven
pod $NS secure reader measured started-securely
pod_starts $NS secure

# The same registers, and a log that tells another story: the node attests without it, and what asks for Secure Boot stays shut.
plant 0
attest_again
eventually 90 "no log in what is shown of the node" is_shown Missing
pod $NS changed reader measured started-securely
pod_refused $NS changed 'started-securely: PolicyDenied'
