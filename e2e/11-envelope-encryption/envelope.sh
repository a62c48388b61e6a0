# SPDX-License-Identifier: Apache-2.0
# Sourced by the steps: the example's programs outside and in the reader's pod.
# shellcheck shell=bash

NS=envelope
EXAMPLE=$ROOT/examples/envelope-encryption
# shellcheck disable=SC2034 # used by the steps
WORK=$STATE/e2e/envelope
DATA_KEY=/var/run/strongroom/data-key

# reader DATA_KEYS: the example's reader, applied and running.
reader() {
  sed "s|DATA_KEYS\$|$1|" "$EXAMPLE/03-reader.yaml" | kubectl apply -f - >/dev/null
  kubectl rollout status deployment/reader --namespace $NS --timeout=120s >/dev/null
}

# in_reader COMMAND…: a command in the reader's pod, with standard input.
in_reader() { kubectl exec --stdin deployment/reader --namespace $NS -- "$@"; }

# digest_in_reader: decrypts standard input in the pod and prints the SHA-256 of what came of it.
digest_in_reader() { in_reader bash -c "set -o pipefail; node /app/decrypt.ts $DATA_KEY - - | sha256sum" | cut -d' ' -f1; }

# decrypt_in_reader: decrypts standard input in the pod to nowhere.
decrypt_in_reader() { in_reader bash -c "node /app/decrypt.ts $DATA_KEY - - >/dev/null"; }

# key_pod NAME SERVICEACCOUNT DATA_KEYS: a pod that waits for a data key, applied.
key_pod() { pod_with "$NS" "$1" "$2" "vault: archive, dataKeys: \"$3\""; }
