#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A vault that does not exist gives nothing; and the pod starts without being made anew when the vault is there.
# shellcheck source=../lib/e2e.sh
source "$(dirname "$0")/../lib/e2e.sh"
NS=e2e-refused

pod $NS early reader later admitted
sleep 3
expect "containers of a pod without a vault" "" "$(kubectl get pod early --namespace $NS -o jsonpath='{.status.containerStatuses[*].containerID}')"
uid=$(kubectl get pod early --namespace $NS -o jsonpath='{.metadata.uid}')
expect "mounts of a pod without a vault" "" "$("$CLUSTER/exec-node.sh" cat /proc/self/mountinfo | grep "$uid.* strongroom " || true)"

kubectl apply -f - >/dev/null <<YAML
apiVersion: strongroom.io/v1alpha1
kind: SecretVault
metadata: { name: later, namespace: $NS }
spec:
  release: Required
  roleAssignments: [{ role: Key Vault Secrets User, principals: [{ serviceAccount: { name: reader } }] }]
---
apiVersion: strongroom.io/v1alpha1
kind: KeyReleasePolicy
metadata: { name: later, namespace: $NS }
spec:
  vault: later
  selector: { kinds: [secrets], names: ["*"] }
  policy: { version: 1.0.0, anyOf: [{ authority: "https://strongroom.strongroom-system.svc", allOf: [{ claim: x-strongroom-class, equals: software }] }] }
---
apiVersion: strongroom.io/v1alpha1
kind: VaultSecret
metadata: { name: later, namespace: $NS }
spec: { vault: later, name: admitted, generate: {} }
YAML
pod_starts $NS early
[[ $(kubectl exec early --namespace $NS -- cat /secrets/admitted | sha256sum) != $(kubectl exec control --namespace $NS -- cat /secrets/admitted | sha256sum) ]] ||
  fail "two vaults have the same value for secrets of one name"
