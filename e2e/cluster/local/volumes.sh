# SPDX-License-Identifier: Apache-2.0
# Storage: nothing provisions volumes here, so folders of the node are made and declared beforehand.
# shellcheck shell=bash

LOCAL_VOLUMES=(strongroom-store-0 strongroom-token-0 spare-0 spare-1 spare-2 spare-3)

make_volume_folders() {
  local name
  for name in "${LOCAL_VOLUMES[@]}"; do
    mkdir -p "$NODE_STATE/volumes/$name"
  done
}

volume_objects() {
  local name
  cat <<'YAML'
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: { name: strongroom-local }
provisioner: kubernetes.io/no-provisioner
volumeBindingMode: WaitForFirstConsumer
YAML
  for name in "${LOCAL_VOLUMES[@]}"; do
    cat <<YAML
---
apiVersion: v1
kind: PersistentVolume
metadata: { name: $name }
spec:
  capacity: { storage: 1Gi }
  accessModes: [ReadWriteOnce]
  storageClassName: strongroom-local
  persistentVolumeReclaimPolicy: Retain
  local: { path: /var/lib/volumes/$name }
  nodeAffinity:
    required:
      nodeSelectorTerms:
        - matchExpressions: [{ key: kubernetes.io/hostname, operator: In, values: [$NODE_NAME] }]
YAML
  done
}
