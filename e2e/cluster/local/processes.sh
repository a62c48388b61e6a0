# SPDX-License-Identifier: Apache-2.0
# Daemons of the node: started in a session of their own, recorded, killed by that record only.
# A record is a process id inside the node and the instant it started: it can never name a process of the host.
# shellcheck shell=bash

# spawn NAME COMMAND…: starts a daemon in the node, in the node's cgroups; its output goes to .strongroom/cluster/logs/NAME.log.
spawn() {
  local name=$1
  is_running "$name" && return
  # shellcheck disable=SC2016 # expanded by the shell inside the node
  exec_node bash -c '
    name=$1; shift
    if [[ -d /sys/fs/cgroup/daemons ]]; then procs=(/sys/fs/cgroup/daemons/cgroup.procs); else procs=(/sys/fs/cgroup/*/cgroup.procs); fi
    for file in "${procs[@]}"; do echo 0 >"$file"; done
    setsid "$@" >>"/var/lib/kubernetes/logs/$name.log" 2>&1 </dev/null &
    echo "$! $(sed "s/.*) //" "/proc/$!/stat" | cut -d" " -f20)" >"/var/lib/kubernetes/processes/$name"
  ' spawn "$@"
}

is_running() { signal_daemon 0 "$1"; }

# signal_daemon SIGNAL NAME: fails when the recorded process is gone.
signal_daemon() {
  node_pid >/dev/null || return 1
  # shellcheck disable=SC2016
  exec_node bash -c '
    read -r pid start <"/var/lib/kubernetes/processes/$2" &&
      [[ $(sed "s/.*) //" "/proc/$pid/stat" | cut -d" " -f20) == "$start" ]] && kill -"$1" "$pid"
  ' signal "$@" 2>/dev/null
}

# stop_daemon SIGNAL NAME: signals it and waits until it is gone; nothing to do when it already is.
stop_daemon() {
  signal_daemon "$1" "$2" || return 0
  until_ok 20 "$2 to end" is_stopped "$2"
}

is_stopped() { ! is_running "$1"; }
