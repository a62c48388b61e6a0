#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Prints the chart's values for this cluster: its images, its volumes, its node's TPM and whom that TPM's maker is.
set -euo pipefail
# shellcheck source=cluster.sh
source "$(dirname "${BASH_SOURCE[0]}")/cluster.sh"

indent() { sed 's/^/          /'; }

cat <<YAML
image:
  prefix: localhost/strongroom
  tag: "$PROJECT_VERSION"
attestation:
  tpm:
    trustRoots:
      - name: cluster
        class: software
        certificates: |
$(tpm_root | indent)
    intermediateCertificates: |
$(tpm_issuer | indent)
  enrolment: FirstUse
vault:
  store: { storageClassName: strongroom-local }
hsm:
  token: { storageClassName: strongroom-local }
nodePlugin:
  tpm: { socketHostPath: /run/strongroom-tpm/tpm.sock }
YAML
