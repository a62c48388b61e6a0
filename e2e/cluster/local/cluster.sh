# SPDX-License-Identifier: Apache-2.0
# The cluster interface for a node made of plain processes, where no Docker engine answers.
# shellcheck shell=bash

for part in cgroups node network host-settings certificates processes daemons volumes images tpm; do
  # shellcheck disable=SC1090
  source "$CLUSTER_HOME/local/$part.sh"
done
unset part

cluster_check() {
  ((EUID == 0)) || die "the local cluster needs root: it makes namespaces and mounts; run this as root (make check and make dev need none)"
  ! another_is_up || die "interface $HOST_INTERFACE exists: another checkout's cluster is up; make down there first"
}

# The interface goes with its node: where ours is not up, it is another's.
another_is_up() { ! node_pid >/dev/null && ip link show "$HOST_INTERFACE" >/dev/null 2>&1; }

cluster_up() {
  cluster_check
  if cluster_is_up; then
    say "the cluster is up already"
    return
  fi
  cluster_down # whatever an interrupted start left
  say "starting the node"
  mkdir -p "$CLUSTER_STATE"
  note_host_settings
  start_node
  start_network
  start_containerd
  make_certificates
  make_volume_folders
  start_control_plane &
  local control_plane=$!
  until_ok 20 containerd exec_node ctr version
  import_node_images
  tpm_start node
  wait "$control_plane" || die "the control plane did not start"
  start_workers
  write_client_files
  touch "$CLUSTER_STATE/ready"
  say "the cluster is up: KUBECONFIG=.strongroom/kubeconfig .strongroom/bin/kubectl get nodes"
}

cluster_is_up() { [[ -e $CLUSTER_STATE/ready ]] && node_pid >/dev/null; }

start_control_plane() {
  say "starting the control plane"
  start_etcd
  start_kube_apiserver
  until_ok 60 "the API server" kube get --raw /readyz
  start_kube_controller_manager
  start_kube_scheduler
  volume_objects | kube apply -f - >/dev/null
  kube apply -f "$CLUSTER_HOME/local/addons" >/dev/null
}

start_workers() {
  say "starting the kubelet"
  start_kubelet
  start_kube_proxy
  until_ok 60 "the node to register" kube get node "$NODE_NAME"
  kube wait --for=condition=Ready "node/$NODE_NAME" --timeout=60s >/dev/null
  kube wait --for=condition=Available deployment/coredns -n kube-system --timeout=60s >/dev/null
}

write_client_files() {
  mkdir -p "$STATE/bin"
  install -m 600 "$PKI/admin.kubeconfig" "$STATE/kubeconfig"
  ln -sf "$CACHE/tools/kubernetes-$KUBERNETES_VERSION/kubectl" "$STATE/bin/kubectl"
  ln -sf "$CACHE/tools/helm-$HELM_VERSION/helm" "$STATE/bin/helm"
}

kube() { kubectl --kubeconfig "$PKI/admin.kubeconfig" "$@"; }

cluster_down() {
  if ! another_is_up; then
    stop_node
    stop_network
    remove_cgroups
    restore_host_settings
  fi
  rm -rf --one-file-system "$CLUSTER_STATE" "${STATE:?}/kubeconfig" "${STATE:?}/bin"
}

cluster_exec_node() { exec_node "$@"; }
cluster_kill() { stop_daemon KILL "$1"; }
cluster_load_image() { import_image_archive "$1"; }

# A start after a kill: the old one is gone by then, so its port and sockets are free.
cluster_start() {
  start_daemon "$1"
  case $1 in
    containerd) until_ok 30 containerd exec_node ctr version ;;
    etcd | kube-apiserver) until_ok 60 "the API server" kube get --raw /readyz ;;
    kubelet) until_ok 60 "the kubelet" exec_node curl -sf http://127.0.0.1:10248/healthz ;;
    *) ;;
  esac
}
