# SPDX-License-Identifier: Apache-2.0
# Sourced by the commands beside it: chooses the kind of cluster and loads its functions. Each kind has a folder with
# a cluster.sh that defines cluster_check (may this user?), cluster_up, cluster_down, cluster_is_up, cluster_load_image ARCHIVE,
# cluster_exec_node COMMAND…, cluster_kill COMPONENT, cluster_start COMPONENT and the tpm_… functions.
# shellcheck shell=bash

# shellcheck source=../../scripts/lib/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/../../scripts/lib/common.sh"
# shellcheck disable=SC2034 # used by the parts
CLUSTER_HOME=$ROOT/e2e/cluster
CLUSTER_KIND=${STRONGROOM_CLUSTER:-local}
[[ -f $CLUSTER_HOME/$CLUSTER_KIND/cluster.sh ]] || die "no such kind of cluster: $CLUSTER_KIND"
# shellcheck source=local/cluster.sh
source "$CLUSTER_HOME/$CLUSTER_KIND/cluster.sh"
