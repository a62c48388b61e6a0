#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=restarts.sh
source "$(dirname "$0")/restarts.sh"

kubectl apply -f "$(dirname "$0")/resources.yaml" >/dev/null
kubectl wait --for=condition=Ready secretvault,keyreleasepolicy,vaultsecret --all --namespace $NS --timeout=60s >/dev/null
for name in before leaving leaving-too; do
  pod $NS $name reader restarts kept
done
for name in before leaving leaving-too; do
  pod_starts $NS $name
done
# The digest alone, so that the value is nowhere but in the volumes.
kubectl create configmap first --namespace $NS --from-literal="digest=$(digest before)" >/dev/null
expect "volumes of a pod" 1 "$(volumes_of "$(uid_of before)")"
