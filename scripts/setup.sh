#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs what a target needs and this machine lacks: scripts/setup.sh PROFILE… ; safe to run again, quick then.
set -euo pipefail
# shellcheck source=lib/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"
# shellcheck source=setup/debian.sh
source "$ROOT/scripts/setup/debian.sh"
# shellcheck source=setup/npm.sh
source "$ROOT/scripts/setup/npm.sh"
# shellcheck source=setup/go.sh
source "$ROOT/scripts/setup/go.sh"
# shellcheck source=setup/rust.sh
source "$ROOT/scripts/setup/rust.sh"
# shellcheck source=setup/tools.sh
source "$ROOT/scripts/setup/tools.sh"
# shellcheck source=setup/vectors.sh
source "$ROOT/scripts/setup/vectors.sh"

NODE_PACKAGES=(etcd-server containerd runc containernetworking-plugins iptables nftables ipset conntrack iproute2
  util-linux procps openssl ca-certificates jq)
IMAGE_PACKAGES=(buildah busybox-static debootstrap)
TPM_PACKAGES=(swtpm swtpm-tools tpm2-tools)
TOKEN_PACKAGES=(softhsm2 opensc)

# One command to a line: after && or ||, bash would no longer stop at the first failure inside them.
setup_profile() {
  case $1 in
    npm) need_npm ;;
    check)
      need_npm
      need_go
      need_tools helm kubeconform
      ;;
    unit)
      need_npm
      need_debian etcd-server openssl "${TPM_PACKAGES[@]}" "${TOKEN_PACKAGES[@]}"
      need_tools kubernetes csi-sanity kryoptic attestation-oracle tee-device
      need_vectors
      ;;
    images)
      need_npm
      need_debian "${IMAGE_PACKAGES[@]}"
      need_tools coredns tee-device
      ;;
    cluster)
      need_debian "${NODE_PACKAGES[@]}" "${TPM_PACKAGES[@]}"
      need_tools kubernetes helm
      ;;
    dev)
      need_npm
      need_debian "${TOKEN_PACKAGES[@]}"
      ;;
    *) die "no such profile: $1 (npm, check, unit, images, cluster, dev)" ;;
  esac
}

(($# > 0)) || set -- npm check unit images cluster dev
for profile in "$@"; do
  setup_profile "$profile"
done
