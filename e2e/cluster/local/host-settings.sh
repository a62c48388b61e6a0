# SPDX-License-Identifier: Apache-2.0
# Kubelet insists on a few kernel settings that no namespace keeps to itself: noted before, put back afterwards.
# shellcheck shell=bash

SETTINGS_FILE=$CLUSTER_STATE/host-settings

note_host_settings() {
  [[ -e $SETTINGS_FILE ]] || sysctl vm.overcommit_memory vm.panic_on_oom kernel.panic kernel.panic_on_oops \
    kernel.keys.root_maxkeys kernel.keys.root_maxbytes >"$SETTINGS_FILE"
}

restore_host_settings() {
  [[ ! -e $SETTINGS_FILE ]] || sysctl -q --load "$SETTINGS_FILE"
}
