# SPDX-License-Identifier: Apache-2.0
# The cluster's certificates and kubeconfigs, made anew at each start and valid for a week.
# shellcheck shell=bash disable=SC2153 # the addresses are in network.sh

PKI=$CLUSTER_STATE/node/kubernetes/pki

make_certificates() {
  local api_names="DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc"
  api_names+=",DNS:kubernetes.default.svc.cluster.local,DNS:localhost"
  api_names+=",IP:$API_SERVICE_ADDRESS,IP:$NODE_ADDRESS,IP:127.0.0.1"
  umask 077
  make_authority ca strongroom-cluster
  make_authority etcd-ca strongroom-etcd
  make_authority front-proxy-ca strongroom-front-proxy
  make_certificate etcd-ca etcd-server /CN=etcd serverAuth,clientAuth "IP:127.0.0.1"
  make_certificate etcd-ca etcd-client /CN=kube-apiserver clientAuth
  make_certificate ca kube-apiserver /CN=kube-apiserver serverAuth "$api_names"
  make_certificate ca kube-apiserver-kubelet-client /CN=kube-apiserver-kubelet-client clientAuth
  make_certificate front-proxy-ca front-proxy-client /CN=front-proxy-client clientAuth
  make_certificate ca kubelet-serving "/O=system:nodes/CN=system:node:$NODE_NAME" serverAuth "DNS:$NODE_NAME,IP:$NODE_ADDRESS"
  make_client kubelet "/O=system:nodes/CN=system:node:$NODE_NAME"
  make_client kube-controller-manager /CN=system:kube-controller-manager
  make_client kube-scheduler /CN=system:kube-scheduler
  make_client kube-proxy /CN=system:kube-proxy
  make_client admin /O=system:masters/CN=admin
  openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out "$PKI/service-account.key" -quiet 2>/dev/null
  openssl pkey -in "$PKI/service-account.key" -pubout -out "$PKI/service-account.pub"
  umask 022
}

# make_authority FILE NAME
make_authority() {
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 7 -subj "/CN=$2" \
    -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign \
    -keyout "$PKI/$1.key" -out "$PKI/$1.crt" 2>/dev/null
}

# make_certificate AUTHORITY FILE SUBJECT USAGES [NAMES]
make_certificate() {
  local extensions="basicConstraints=critical,CA:FALSE
keyUsage=critical,digitalSignature
extendedKeyUsage=$4"
  [[ -z ${5-} ]] || extensions+="
subjectAltName=$5"
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "$3" -keyout "$PKI/$2.key" 2>/dev/null |
    openssl x509 -req -days 7 -CA "$PKI/$1.crt" -CAkey "$PKI/$1.key" -set_serial "0x$(openssl rand -hex 16)" \
      -extfile <(echo "$extensions") -out "$PKI/$2.crt" 2>/dev/null
}

# make_client FILE SUBJECT: a certificate, and the kubeconfig that carries it.
make_client() {
  make_certificate ca "$1" "$2" clientAuth
  cat >"$PKI/$1.kubeconfig" <<YAML
apiVersion: v1
kind: Config
clusters: [{ name: strongroom, cluster: { server: "$API_SERVER", certificate-authority-data: $(base64 -w0 <"$PKI/ca.crt") } }]
users: [{ name: user, user: { client-certificate-data: $(base64 -w0 <"$PKI/$1.crt"), client-key-data: $(base64 -w0 <"$PKI/$1.key") } }]
contexts: [{ name: strongroom, context: { cluster: strongroom, user: user } }]
current-context: strongroom
YAML
}
