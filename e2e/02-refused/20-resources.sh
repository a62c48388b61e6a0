#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Resources that are malformed are refused when they are applied, and the answer names what is wrong.
# shellcheck source=../lib/e2e.sh
source "$(dirname "$0")/../lib/e2e.sh"
NS=e2e-refused

refused_resource() {
  local what=$1 pattern=$2 answer # literal text
  answer=$(expect_refused "$what" kubectl apply --namespace $NS -f -)
  [[ $answer == *"$pattern"* ]] || fail "$what: the answer does not say $pattern, but: $answer"
}

refused_resource "an unknown role" "spec.roleAssignments[0].role" <<'YAML'
apiVersion: strongroom.io/v1alpha1
kind: SecretVault
metadata: { name: bad }
spec: { roleAssignments: [{ role: Emperor, principals: [{ serviceAccount: { name: a } }] }] }
YAML
refused_resource "an unknown field" 'unknown field "spec.valeu"' <<'YAML'
apiVersion: strongroom.io/v1alpha1
kind: VaultSecret
metadata: { name: bad }
spec: { vault: refused, generate: {}, valeu: hunter2 }
YAML
refused_resource "a name with a path in it" "spec.name" <<'YAML'
apiVersion: strongroom.io/v1alpha1
kind: VaultSecret
metadata: { name: bad }
spec: { vault: refused, name: ../escape, generate: {} }
YAML
refused_resource "another vault for an existing secret" "vault" <<'YAML'
apiVersion: strongroom.io/v1alpha1
kind: VaultSecret
metadata: { name: admitted }
spec: { vault: another, generate: {} }
YAML

# The grammar is recursive, so the vault is its judge: the resource says what it found.
kubectl apply --namespace $NS -f - >/dev/null <<'YAML'
apiVersion: strongroom.io/v1alpha1
kind: KeyReleasePolicy
metadata: { name: bad-grammar }
spec:
  vault: refused
  selector: { kinds: [secrets], names: [nothing] }
  policy: { version: 1.0.0, anyOf: [{ authority: https://a.example, allOf: [{ claim: c, matches: ".*" }] }] }
YAML
kubectl wait --for=condition=Ready=False keyreleasepolicy/bad-grammar --namespace $NS --timeout=30s >/dev/null
expect_match "the policy's condition" "*anyOf*" \
  "$(kubectl get keyreleasepolicy bad-grammar --namespace $NS -o jsonpath='{.status.conditions[*].message}')"
