# SPDX-License-Identifier: Apache-2.0
# One function for each daemon, its command line and no more: start_daemon NAME calls it.
# All paths are the node's: its /var/lib/kubernetes is .strongroom/cluster/node/kubernetes.
# shellcheck shell=bash

BIN=/var/lib/kubernetes/bin
CONFIG=/var/lib/kubernetes/config
NODE_PKI=/var/lib/kubernetes/pki

start_daemon() {
  case $1 in
    etcd | containerd | kubelet | kube-apiserver | kube-controller-manager | kube-scheduler | kube-proxy) "start_${1//-/_}" ;;
    *) die "no such component: $1" ;;
  esac
}

start_etcd() {
  spawn etcd etcd --name=node --data-dir=/var/lib/etcd --logger=zap --log-level=warn \
    --listen-client-urls=https://127.0.0.1:2379 --advertise-client-urls=https://127.0.0.1:2379 \
    --listen-peer-urls=https://127.0.0.1:2380 --initial-advertise-peer-urls=https://127.0.0.1:2380 \
    --initial-cluster=node=https://127.0.0.1:2380 \
    --client-cert-auth --trusted-ca-file=$NODE_PKI/etcd-ca.crt \
    --cert-file=$NODE_PKI/etcd-server.crt --key-file=$NODE_PKI/etcd-server.key \
    --peer-client-cert-auth --peer-trusted-ca-file=$NODE_PKI/etcd-ca.crt \
    --peer-cert-file=$NODE_PKI/etcd-server.crt --peer-key-file=$NODE_PKI/etcd-server.key
}

start_containerd() {
  spawn containerd containerd --config $CONFIG/containerd.toml --log-level warn
}

# Who may run privileged pods is for Pod Security to say, by namespace; without --allow-privileged nobody may.
start_kube_apiserver() {
  spawn kube-apiserver $BIN/kube-apiserver --v=1 --profiling=false --service-cluster-ip-range="$SERVICE_RANGE" \
    --advertise-address="$NODE_ADDRESS" --secure-port=6443 \
    --etcd-servers=https://127.0.0.1:2379 --etcd-cafile=$NODE_PKI/etcd-ca.crt \
    --etcd-certfile=$NODE_PKI/etcd-client.crt --etcd-keyfile=$NODE_PKI/etcd-client.key \
    --tls-cert-file=$NODE_PKI/kube-apiserver.crt --tls-private-key-file=$NODE_PKI/kube-apiserver.key \
    --client-ca-file=$NODE_PKI/ca.crt --authentication-config=$CONFIG/apiserver-authentication.yaml \
    --allow-privileged=true --authorization-mode=Node,RBAC --enable-admission-plugins=NodeRestriction \
    --admission-control-config-file=$CONFIG/apiserver-admission.yaml \
    --requestheader-client-ca-file=$NODE_PKI/front-proxy-ca.crt --requestheader-allowed-names=front-proxy-client \
    --requestheader-username-headers=X-Remote-User --requestheader-group-headers=X-Remote-Group \
    --requestheader-extra-headers-prefix=X-Remote-Extra- \
    --proxy-client-cert-file=$NODE_PKI/front-proxy-client.crt --proxy-client-key-file=$NODE_PKI/front-proxy-client.key \
    --service-account-issuer=https://kubernetes.default.svc.cluster.local \
    --service-account-signing-key-file=$NODE_PKI/service-account.key \
    --service-account-key-file=$NODE_PKI/service-account.pub \
    --kubelet-certificate-authority=$NODE_PKI/ca.crt --kubelet-preferred-address-types=InternalIP \
    --kubelet-client-certificate=$NODE_PKI/kube-apiserver-kubelet-client.crt \
    --kubelet-client-key=$NODE_PKI/kube-apiserver-kubelet-client.key
}

start_kube_controller_manager() {
  local kubeconfig=$NODE_PKI/kube-controller-manager.kubeconfig
  spawn kube-controller-manager $BIN/kube-controller-manager --v=1 --profiling=false \
    --kubeconfig=$kubeconfig --authentication-kubeconfig=$kubeconfig --authorization-kubeconfig=$kubeconfig \
    --bind-address=127.0.0.1 --leader-elect=false --use-service-account-credentials=true \
    --service-account-private-key-file=$NODE_PKI/service-account.key --root-ca-file=$NODE_PKI/ca.crt \
    --client-ca-file=$NODE_PKI/ca.crt \
    --cluster-signing-cert-file=$NODE_PKI/ca.crt --cluster-signing-key-file=$NODE_PKI/ca.key
}

start_kube_scheduler() {
  local kubeconfig=$NODE_PKI/kube-scheduler.kubeconfig
  spawn kube-scheduler $BIN/kube-scheduler --v=1 --profiling=false --bind-address=127.0.0.1 --leader-elect=false \
    --kubeconfig=$kubeconfig --authentication-kubeconfig=$kubeconfig --authorization-kubeconfig=$kubeconfig \
    --client-ca-file=$NODE_PKI/ca.crt
}

start_kubelet() {
  spawn kubelet $BIN/kubelet --v=1 --config=$CONFIG/kubelet.yaml --kubeconfig=$NODE_PKI/kubelet.kubeconfig \
    --hostname-override="$NODE_NAME" --node-ip="$NODE_ADDRESS"
}

start_kube_proxy() {
  spawn kube-proxy $BIN/kube-proxy --v=1 --config=$CONFIG/kube-proxy.yaml
}
