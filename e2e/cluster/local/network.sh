# SPDX-License-Identifier: Apache-2.0
# The node's network: one pair of addresses lets the machine's kubectl in; there is no way out.
# Pods get 10.123.64.0/18. The same addresses stand in config/ and addons/coredns.yaml.
# shellcheck shell=bash disable=SC2034 # used by the other parts

HOST_ADDRESS=10.123.0.1
NODE_ADDRESS=10.123.0.2
SERVICE_RANGE=10.123.128.0/18
API_SERVICE_ADDRESS=10.123.128.1
HOST_INTERFACE=strongroom0
API_SERVER=https://$NODE_ADDRESS:6443

start_network() {
  ip link add "$HOST_INTERFACE" type veth peer name machine0 netns "$(node_pid)"
  ip address add "$HOST_ADDRESS/30" dev "$HOST_INTERFACE"
  ip link set "$HOST_INTERFACE" up
  exec_node ip address add "$NODE_ADDRESS/30" dev machine0
  exec_node ip link set machine0 up
  # kube-proxy rewrites the address of a packet that is already routed, so Services need some route first.
  exec_node ip route add "$SERVICE_RANGE" dev machine0 src "$NODE_ADDRESS"
}

# The pair goes with the node's namespace, only a moment later than its last process.
stop_network() {
  ip link delete "$HOST_INTERFACE" 2>/dev/null || true
}
