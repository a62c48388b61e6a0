#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=../lib/e2e.sh
source "$(dirname "$0")/../lib/e2e.sh"
AUDIENCE=https://strongroom.strongroom-system.svc

name=$(kubectl get pods --namespace quickstart -l app.kubernetes.io/name=quickstart -o jsonpath='{.items[0].metadata.name}')
jq -n --arg name "$name" --arg audience "$AUDIENCE" \
  --arg uid "$(kubectl get pod "$name" --namespace quickstart -o jsonpath='{.metadata.uid}')" \
  --arg token "$(kubectl create token quickstart --namespace quickstart --audience "$AUDIENCE" --bound-object-kind Pod --bound-object-name "$name")" \
  --arg sanity "$CACHE/tools/csi-sanity-$CSI_SANITY_VERSION/csi-sanity" \
  '{name: $name, uid: $uid, audience: $audience, token: $token, sanity: $sanity}' |
  "$CLUSTER/exec-node.sh" "$(command -v node)" --conditions=@strongroom/source "$ROOT/e2e/04-csi-sanity/sanity-in-node.ts"

pod quickstart after-sanity quickstart quickstart db-password
pod_starts quickstart after-sanity
