#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# tpm.sh [--instance NAME] start|stop|restart|read|device|roots|extend PCR HEX: the node's software TPM, or another machine's.
# read: its PCRs as JSON; device: the digest it is enrolled by; roots: whom its maker is, in PEM.
set -euo pipefail
# shellcheck source=cluster.sh
source "$(dirname "${BASH_SOURCE[0]}")/cluster.sh"

instance=node
if [[ ${1-} == --instance ]]; then
  instance=${2:?instance}
  shift 2
fi
case ${1-} in
  start | stop | restart | read | device) "tpm_$1" "$instance" ;;
  roots) tpm_roots ;;
  extend) tpm_extend "$instance" "${2:?PCR}" "${3:?hex}" ;;
  *) die "usage: tpm.sh [--instance NAME] start|stop|restart|read|device|roots|extend PCR HEX" ;;
esac
