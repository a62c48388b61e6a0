#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The node's first process, in new namespaces: gives the node its own /run, /var/lib and /proc, then only reaps.
# Arguments: the node's name, the cluster's state, the folder of Kubernetes programs, the folder of configurations.
set -euo pipefail
name=$1 state=$2 programs=$3 config=$4

# Still the host's /proc, so this is the id under which the host knows this process.
read -r host_pid _ </proc/self/stat

hostname "$name"
mount --make-rprivate /
mount -t proc proc /proc

# Its own cgroups are the root of all that it sees. Version 2 allows no process beside child cgroups: a leaf takes ours.
if [[ -e /sys/fs/cgroup/cgroup.controllers ]]; then
  mkdir -p /sys/fs/cgroup/strongroom/daemons
  echo 0 >/sys/fs/cgroup/strongroom/daemons/cgroup.procs
  mount --bind /sys/fs/cgroup/strongroom /sys/fs/cgroup
else
  for cgroup in /sys/fs/cgroup/*/strongroom; do mount --bind "$cgroup" "${cgroup%/strongroom}"; done
fi

# Reached by short paths below /var/lib: the checkout itself may lie under a folder that is hidden from here on.
mount --bind "$programs" "$state/node/kubernetes/bin"
mount --bind "$config" "$state/node/kubernetes/config"
mount -o remount,bind,ro "$state/node/kubernetes/config"
mount --bind "$state/logs" "$state/node/kubernetes/logs"
exec {ready}>"$state/node-pid"
cd /
mount --rbind "$state/node" /var/lib
mount -t tmpfs -o mode=755,nosuid,nodev strongroom-run /run
mkdir -p /run/lock
# Pods with Bidirectional propagation need shared mounts. Each becomes a peer group of its own.
mount --make-rshared /

mkdir -p /run/netns /var/lib/kubelet
ip link set lo up
echo 1 >/proc/sys/net/ipv4/ip_forward

# Tells the host that all of this is done.
echo "$host_pid" >&"$ready"
exec {ready}>&-

# Bash reaps whatever loses its parent and ends up here.
while true; do
  sleep infinity &
  wait $! || true
done
