# SPDX-License-Identifier: Apache-2.0
# Sourced by the scenarios' steps: source "$(dirname "$0")/../lib/e2e.sh". kubectl and helm speak to the test cluster.
# shellcheck shell=bash

set -euo pipefail
# shellcheck source=../../scripts/lib/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/../../scripts/lib/common.sh"
export KUBECONFIG=$STATE/kubeconfig
# shellcheck disable=SC2034 # used by the steps
CLUSTER=$ROOT/e2e/cluster

fail() { die "$@"; }

# skip REASON: this machine cannot run the step.
skip() {
  say "skipping: $*"
  exit 77
}

# expect WHAT WANTED GOT
expect() { [[ $2 == "$3" ]] || fail "$1: wanted '$2', got '$3'"; }

# expect_match WHAT PATTERN GOT: PATTERN is a shell pattern.
# shellcheck disable=SC2053 # a pattern is meant
expect_match() { [[ $3 == $2 ]] || fail "$1: wanted something like '$2', got '$3'"; }

# expect_refused WHAT COMMAND…: the command must fail; prints what it said.
expect_refused() {
  local what=$1 output
  shift
  ! output=$("$@" 2>&1) || fail "$what: should have been refused, but succeeded"
  printf '%s\n' "$output"
}

# eventually SECONDS WHAT COMMAND…: until the command succeeds.
eventually() { until_ok "$@"; }

# delete_pods NAMESPACE: deletes all its pods, and waits until these very pods are gone. kubectl's own wait looks for names, and
# may wait for ever where a StatefulSet has made the name anew meanwhile.
delete_pods() {
  local namespace=$1 old
  old=$(pod_uids "$namespace")
  kubectl delete pod --all --namespace "$namespace" --wait=false >/dev/null
  none_left() { [[ -z $(comm -12 <(sort <<<"$old") <(pod_uids "$namespace" | sort)) ]]; }
  eventually 90 "the end of the pods of $namespace" none_left
}

pod_uids() { kubectl get pods --namespace "$1" -o jsonpath='{range .items[*]}{.metadata.uid}{"\n"}{end}'; }

# run_as_pod NAMESPACE NAME COMMAND…: a pod that runs one command in the busybox image; prints its output.
run_as_pod() {
  local namespace=$1 name=$2
  shift 2
  kubectl run "$name" --namespace "$namespace" --image localhost/strongroom-e2e/busybox:1 --restart Never \
    --quiet --rm --attach -- "$@" 2>/dev/null
}

# pod NAMESPACE NAME SERVICEACCOUNT VAULT SECRETS: a restricted pod that mounts SECRETS of VAULT at /secrets, applied.
pod() { pod_with "$1" "$2" "$3" "vault: \"$4\", secrets: \"$5\""; }

# pod_with NAMESPACE NAME SERVICEACCOUNT ATTRIBUTES: the same with any attributes of the volume.
pod_with() {
  kubectl apply -f - >/dev/null <<YAML
apiVersion: v1
kind: Pod
metadata: { name: "$2", namespace: "$1" }
spec:
  serviceAccountName: "$3"
  automountServiceAccountToken: false
  terminationGracePeriodSeconds: 0
  securityContext: { runAsNonRoot: true, runAsUser: 10004, seccompProfile: { type: RuntimeDefault } }
  containers:
    - name: app
      image: localhost/strongroom-e2e/busybox:1
      imagePullPolicy: IfNotPresent
      command: [sleep, infinity]
      securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: [ALL] }, readOnlyRootFilesystem: true }
      volumeMounts: [{ name: secrets, mountPath: /secrets, readOnly: true }]
  volumes:
    - name: secrets
      csi: { driver: csi.strongroom.io, readOnly: true, volumeAttributes: { $4 } }
YAML
}

# pod_starts NAMESPACE NAME: within a minute or two.
pod_starts() { kubectl wait --for=condition=Ready "pod/$2" --namespace "$1" --timeout=120s >/dev/null || fail "pod $2 does not start"; }

# install_chart ARGUMENT…: installs the chart anew with the cluster's values, and what the arguments change of them.
install_chart() {
  helm upgrade strongroom "$ROOT/charts/strongroom" --namespace strongroom-system --values "$STATE/cluster/values.yaml" "$@" >/dev/null
}

# attest_again: the node plugin attests anew, as a new one has no token to go on with.
attest_again() {
  delete_pods strongroom-node
  kubectl rollout status daemonset/strongroom-node --namespace strongroom-node --timeout=60s >/dev/null
}

# mount_events NAMESPACE NAME: what kubelet says of the pod's volume, newest last; not of an earlier pod of that name.
mount_events() {
  local uid
  uid=$(kubectl get pod "$2" --namespace "$1" -o jsonpath='{.metadata.uid}')
  kubectl get events --namespace "$1" --field-selector "involvedObject.uid=$uid,reason=FailedMount" \
    --sort-by=.lastTimestamp -o jsonpath='{range .items[*]}{.message}{"\n"}{end}'
}

# pod_refused NAMESPACE NAME PATTERN: an event matches PATTERN, no container runs, nothing of ours is mounted for the pod.
pod_refused() {
  local uid events
  # shellcheck disable=SC2317 # called by eventually
  has_event() { mount_events "$1" "$2" | grep -Eq "$3"; }
  eventually 60 "an event like '$3' on pod $2" has_event "$1" "$2" "$3" || fail "events of pod $2: $(mount_events "$1" "$2")"
  expect "phase of pod $2" Pending "$(kubectl get pod "$2" --namespace "$1" -o jsonpath='{.status.phase}')"
  expect "containers of pod $2 that ran" "" "$(kubectl get pod "$2" --namespace "$1" -o jsonpath='{.status.containerStatuses[*].containerID}')"
  uid=$(kubectl get pod "$2" --namespace "$1" -o jsonpath='{.metadata.uid}')
  expect "mounts of pod $2" "" "$("$CLUSTER/exec-node.sh" grep "$uid" /proc/self/mountinfo | grep ' strongroom ' || true)"
  # More than the class would tell a caller what to forge; the command behind it repeats what the pod said itself.
  events=$(mount_events "$1" "$2" | sed 's|; to see why: strongroom policy explain [-_a-zA-Z0-9/:. ]*$||')
  if grep -Eq 'pcrs|equals|x-strongroom|x-ms-|policy [a-z]' <<<"$events"; then fail "the event tells more than the class: $events"; fi
}
