// SPDX-License-Identifier: Apache-2.0
/** The rights that the chart gives the operator, for an API server without the chart. */

/** In the whole cluster. */
export const clusterRules = [
  {
    apiGroups: ["strongroom.io"],
    resources: [
      "secretvaults",
      "keyreleasepolicies",
      "vaultsecrets",
      "vaultkeys",
      "vaultcertificates",
      "attestationauthorities",
      "attestednodes",
    ],
    verbs: ["list", "watch"],
  },
  { apiGroups: ["strongroom.io"], resources: ["secretvaults", "attestednodes"], verbs: ["patch"] },
  { apiGroups: ["strongroom.io"], resources: ["attestednodes"], verbs: ["create"] },
  {
    apiGroups: ["strongroom.io"],
    resources: [
      "secretvaults/status",
      "keyreleasepolicies/status",
      "vaultsecrets/status",
      "vaultkeys/status",
      "vaultcertificates/status",
      "attestationauthorities/status",
      "attestednodes/status",
    ],
    verbs: ["patch"],
  },
  { apiGroups: [""], resources: ["services"], verbs: ["get", "create", "patch"] },
  { apiGroups: [""], resources: ["namespaces", "nodes"], verbs: ["get"] },
  { apiGroups: [""], resources: ["configmaps"], verbs: ["create"] },
  {
    apiGroups: [""],
    resources: ["configmaps"],
    resourceNames: ["strongroom-ca"],
    verbs: ["get", "patch", "delete"],
  },
  { apiGroups: ["events.k8s.io"], resources: ["events"], verbs: ["create", "patch"] },
];
/** In its own namespace. */
export const leaseRules = [
  { apiGroups: ["coordination.k8s.io"], resources: ["leases"], verbs: ["create"] },
  {
    apiGroups: ["coordination.k8s.io"],
    resources: ["leases"],
    resourceNames: ["strongroom-operator"],
    verbs: ["get", "update"],
  },
];
