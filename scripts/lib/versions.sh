# SPDX-License-Identifier: Apache-2.0
# Versions of the programs that are built from Go modules and Rust crates.
# shellcheck shell=bash disable=SC2034 # used by the scripts that source this

# The tools module pins Kubernetes and everything below it; this reads it there.
KUBERNETES_VERSION=$(sed -n 's|^\tk8s.io/kubernetes v\([0-9.]*\).*|\1|p' "$ROOT/e2e/cluster/tools/go.mod")
HELM_VERSION=3.19.5
KUBECONFORM_VERSION=0.8.0
COREDNS_VERSION=1.14.6
CSI_SANITY_VERSION=5.4.0
# No release is tagged: the commit is the version.
WYCHEPROOF_VERSION=v0.0.0-20260902155932-3fa63dd0344a
# Its tests hold the JOSE examples; the hash is the wheel's.
JWCRYPTO_VERSION=1.6.1
JWCRYPTO_SHA256=77e856818e514cb3d64a1043b6885a7d52f5cc37773f5e944de02103c8d3a54f
# The crate that makes a module of it pins it and everything below it.
KRYOPTIC_VERSION=$(sed -n 's/^version = "=\(.*\)"$/\1/p' "$ROOT/packages/testing/kryoptic/Cargo.toml")
# Taken from the Go module proxy where the machine's own Go cannot fetch a toolchain by itself (before 1.21).
GO_TOOLCHAIN_VERSION=1.26.8
