#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=../lib/e2e.sh
source "$(dirname "$0")/../lib/e2e.sh"
# shellcheck source=use.sh
source "$(dirname "$0")/use.sh"
NS=e2e-keys
version() { kubectl get vaultcertificate tls --namespace $NS -o jsonpath='{.status.version}'; }

before=$(version)
kubectl patch vaultcertificate tls --namespace $NS --type merge --patch \
  '{"spec":{"policy":{"x509Properties":{"subject":"CN=two.e2e-keys.svc","subjectAlternativeNames":{"dnsNames":["two.e2e-keys.svc"]}}}}}' >/dev/null
# shellcheck disable=SC2317 # called by eventually
is_renewed() { [[ $(version) != "$before" ]]; }
eventually 60 "another version of the certificate" is_renewed
kubectl wait --for=condition=Ready vaultcertificate/tls --namespace $NS --timeout=60s >/dev/null
use client renewed
