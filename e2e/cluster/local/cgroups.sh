# SPDX-License-Identifier: Apache-2.0
# All of the node's processes, pods included, live below one cgroup of each hierarchy, which the node sees as the root.
# Version 1 (a folder for each controller) and version 2 (one tree) differ only in these functions.
# shellcheck shell=bash

CGROUPS=/sys/fs/cgroup

# cgroup_parents: the folders below which the node's cgroup is made.
cgroup_parents() {
  if [[ -e $CGROUPS/cgroup.controllers ]]; then echo "$CGROUPS"; else find "$CGROUPS" -mindepth 1 -maxdepth 1 -type d; fi
}

# make_cgroups: makes them and puts the calling shell into them.
make_cgroups() {
  local parent file
  for parent in $(cgroup_parents); do
    mkdir -p "$parent/strongroom"
    # A cpuset is empty at first, and takes no process until it is not.
    for file in cpuset.mems cpuset.cpus; do
      [[ ! -w $parent/strongroom/$file || -e $parent/cgroup.controllers ]] || cat "$parent/$file" >"$parent/strongroom/$file"
    done
    echo "$BASHPID" >"$parent/strongroom/cgroup.procs"
  done
}

# A cgroup cannot be removed before its children.
remove_cgroups() {
  local parent
  for parent in $(cgroup_parents); do
    [[ ! -d $parent/strongroom ]] ||
      until_ok 10 "the processes in $parent/strongroom to end" find "$parent/strongroom" -depth -type d -exec rmdir {} +
  done
}
