#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=../lib/e2e.sh
source "$(dirname "$0")/../lib/e2e.sh"
NS=e2e-lifecycle
in_vault() { kubectl get secretvault life --namespace $NS -o jsonpath="{.status.$1}"; }
version_of() { kubectl get vaultsecret "$1" --namespace $NS -o jsonpath='{.status.version}'; }

uid=$(in_vault uid)
version=$(version_of two)
before=$(kubectl exec first --namespace $NS -- sha256sum /secrets/two)
kubectl delete secretvault life --namespace $NS --timeout=60s >/dev/null || fail "the vault does not go"
expect "Services of the vault" "" "$(kubectl get services --namespace $NS -o name)"
expect "ConfigMaps of the vault" configmap/kube-root-ca.crt "$(kubectl get configmaps --namespace $NS -o name)"
kubectl wait --for=condition=Ready=False vaultsecret/two keyreleasepolicy/attested --namespace $NS --timeout=30s >/dev/null
expect "what the running pod reads" "$before" "$(kubectl exec first --namespace $NS -- sha256sum /secrets/two)"

kubectl apply -f "$(dirname "$0")/vault.yaml" >/dev/null
kubectl wait --for=condition=Ready secretvault,keyreleasepolicy,vaultsecret --all --namespace $NS --timeout=60s >/dev/null
[[ $(in_vault uid) != "$uid" ]] || fail "the new vault has the old one's uid"
[[ $(version_of two) != "$version" ]] || fail "the new vault has the old one's version"
# Counts follow at the operator's next look, a minute later at most.
has_two() { [[ $(in_vault counts.secrets) == 2 ]]; }
eventually 90 "the new vault counts two secrets" has_two
pod $NS second reader life one,two
pod_starts $NS second
[[ $(kubectl exec second --namespace $NS -- sha256sum /secrets/two) != "$before" ]] || fail "the new vault has the old one's value"
