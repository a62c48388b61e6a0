# SPDX-License-Identifier: Apache-2.0
# The node: a tree of namespaces (mount, network, process, host name, IPC, cgroup) held by one process. Ending that process
# ends every other in it, and with the last of them go its mounts and interfaces: nothing can be left behind.
# shellcheck shell=bash

NODE_NAME=strongroom-node
CLUSTER_STATE=$STATE/cluster
# The node has a /run and a /var/lib of its own, so that every daemon runs with its usual paths. This is its /var/lib.
NODE_STATE=$CLUSTER_STATE/node
# The host process id of the node's first process, and the instant it started at: ids are used again, the pair is not.
NODE_PROCESS=$CLUSTER_STATE/node-process

# process_start PID: when it started, in clock ticks since boot; nothing if there is no such process.
process_start() {
  local stat
  { stat=$(<"/proc/$1/stat"); } 2>/dev/null || return 0
  stat=${stat##*) } # the name, which may hold spaces, ends with the last parenthesis
  cut -d' ' -f20 <<<"$stat"
}

# node_pid: prints the node's first process as the host sees it; fails when the node is not up.
node_pid() {
  local pid start
  [[ -s $NODE_PROCESS ]] || return 1
  read -r pid start <"$NODE_PROCESS"
  [[ -n $start && $(process_start "$pid") == "$start" ]] || return 1
  echo "$pid"
}

# exec_node COMMAND…: runs a command in the node.
exec_node() {
  local pid
  pid=$(node_pid) || die "the cluster is not up"
  nsenter --target "$pid" --mount --net --pid --uts --ipc --cgroup --wd=/ -- "$@"
}

start_node() {
  local pid
  mkdir -p "$NODE_STATE/kubernetes"/{bin,config,logs,pki,processes} "$NODE_STATE"/{tpm,volumes} "$CLUSTER_STATE/logs"
  rm -f "$CLUSTER_STATE/node-pid"
  (
    make_cgroups
    exec setsid unshare --mount --net --pid --uts --ipc --cgroup --fork bash "$CLUSTER_HOME/local/node-init.sh" \
      "$NODE_NAME" "$CLUSTER_STATE" "$CACHE/tools/kubernetes-$KUBERNETES_VERSION" "$CLUSTER_HOME/local/config"
  ) >"$CLUSTER_STATE/logs/node.log" 2>&1 </dev/null &
  until_ok 10 "the node's namespaces (see .strongroom/cluster/logs/node.log)" test -s "$CLUSTER_STATE/node-pid"
  pid=$(<"$CLUSTER_STATE/node-pid")
  echo "$pid $(process_start "$pid")" >"$NODE_PROCESS"
}

stop_node() {
  local pid
  pid=$(node_pid) || return 0
  kill -9 "$pid"
  until_ok 20 "the node's processes to end" node_is_gone "$pid"
}

# A first process is reaped only when all others of its namespace are gone.
node_is_gone() {
  [[ ! -e /proc/$1 ]]
}
