# SPDX-License-Identifier: Apache-2.0
# Programs built from Go modules (and one from a Rust crate) into the cache, one folder for each version: built once for a machine.
# shellcheck shell=bash

KUBERNETES_PROGRAMS=(kube-scheduler kube-proxy kubelet kubectl kube-controller-manager kube-apiserver)

# need_tools NAME… : kubernetes, helm, kubeconform, coredns, csi-sanity, kryoptic, attestation-oracle, tee-device.
need_tools() {
  local name
  for name in "$@"; do
    case $name in
      kubernetes) need_kubernetes ;;
      helm) need_module helm "$HELM_VERSION" helm.sh/helm/v3/cmd/helm "a minute and a half" ;;
      kubeconform) need_module kubeconform "$KUBECONFORM_VERSION" github.com/yannh/kubeconform/cmd/kubeconform "seconds" ;;
      coredns) need_module coredns "$COREDNS_VERSION" github.com/coredns/coredns "two and a half minutes" ;;
      kryoptic) need_kryoptic ;;
      attestation-oracle) need_source attestation-oracle packages/testing/attestation-oracle "20 s" ;;
      tee-device) need_source tee-device csi-driver/tee-device "seconds" ;;
      csi-sanity) need_module csi-sanity "$CSI_SANITY_VERSION" github.com/kubernetes-csi/csi-test/v5/cmd/csi-sanity "20 s" ;;
      *) die "no such tool: $name" ;;
    esac
  done
}

need_kubernetes() {
  local program target=$CACHE/tools/kubernetes-$KUBERNETES_VERSION version=k8s.io/component-base/version flags
  flags="-s -w -X $version.gitVersion=v$KUBERNETES_VERSION -X $version.gitMajor=${KUBERNETES_VERSION%%.*}"
  flags+=" -X $version.gitMinor=$(cut -d. -f2 <<<"$KUBERNETES_VERSION")"
  for program in "${KUBERNETES_PROGRAMS[@]}"; do
    [[ -x $target/$program ]] && continue
    need_go
    say "building $program $KUBERNETES_VERSION from its Go module (all of Kubernetes: 7 minutes on two cores, once)"
    mkdir -p "$target"
    (cd "$ROOT/e2e/cluster/tools" && CGO_ENABLED=0 go build -trimpath -ldflags "$flags" \
      -o "$target/.$program" "k8s.io/kubernetes/cmd/$program")
    mv "$target/.$program" "$target/$program" # an interrupted build leaves no half program behind
  done
}

# need_source NAME FOLDER HOW-LONG: a Go program of the tree's own; the digest of its sources is its version. Static, because
# images have no C library of its choice.
need_source() {
  local source=$ROOT/$2 target
  target=$CACHE/tools/$1-$(source_version "$2")
  [[ -x $target/$1 ]] && return
  need_go
  say "building $1 from the tree ($3, once)"
  mkdir -p "$target"
  (cd "$source" && CGO_ENABLED=0 go build -trimpath -ldflags "-s -w" -o "$target/.$1" .)
  mv "$target/.$1" "$target/$1"
}

# need_module NAME VERSION PACKAGE HOW-LONG
need_module() {
  local target=$CACHE/tools/$1-$2
  [[ -x $target/$1 ]] && return
  need_go
  say "building $1 $2 from its Go module ($4, once)"
  mkdir -p "$target/.new"
  (cd / && GOBIN=$target/.new CGO_ENABLED=0 go install -trimpath -ldflags "-s -w" "$3@v$2")
  mv "$target/.new/$1" "$target/$1"
  rmdir "$target/.new"
}
