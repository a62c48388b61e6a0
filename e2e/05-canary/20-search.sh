#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# shellcheck source=../lib/e2e.sh
source "$(dirname "$0")/../lib/e2e.sh"
NS=e2e-canary
SEARCH=$ROOT/e2e/05-canary/search.ts
search() { "$CLUSTER/exec-node.sh" "$(command -v node)" --conditions=@strongroom/source "$SEARCH" "$@" </dev/shm/strongroom-canary; }

uid=$(kubectl get pod app --namespace $NS -o jsonpath='{.metadata.uid}')
tmpfs=/var/lib/kubelet/pods/$uid/volumes/kubernetes.io~csi/secrets/mount

# Controls: the pod's own tmpfs, and a file of each spelling where the search will go.
search --expect clear "$tmpfs"
search --plant /var/lib/kubelet/strongroom-canary-control
search --expect all /var/lib/kubelet/strongroom-canary-control
"$CLUSTER/exec-node.sh" rm -r /var/lib/kubelet/strongroom-canary-control

# The disk of the node, and the components' own logs. Kubelet's mounts are other file systems and are left out.
search --expect none /var/lib/etcd /var/lib/kubelet /var/lib/containerd /var/lib/kubernetes /var/lib/volumes /var/log /run /tmp "$STATE/cluster/logs"

# What the API server shows, to whoever may see everything.
kubectl get secrets,configmaps,events,pods,secretvaults,keyreleasepolicies,vaultsecrets,vaultkeys,vaultcertificates --all-namespaces -o json >/dev/shm/strongroom-objects
search --expect none /dev/shm/strongroom-objects
say "etcd, logs, store, audit, disk and objects: no canary"
