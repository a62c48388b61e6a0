// SPDX-License-Identifier: Apache-2.0
/** Paths of our routes; Key Vault's own are in its contract. */

/** Prefix of what Key Vault does not have. */
export const routePrefix = "/strongroom/v1";

/** Paths with what they need to be complete; charters and orders are a vault's signers'; `manage…` are the operator's; domain, full backup and settings are Managed HSM's. */
export const routes = {
  challenge: "/attestation/challenge",
  attestTpm: "/attest/Tpm",
  attestSnp: "/attest/SevSnpVm",
  attestTdx: "/attest/TdxVm",
  attestSgx: "/attest/SgxEnclave",
  attestOpenEnclave: "/attest/OpenEnclave",
  attestAzure: "/attest/AzureGuest",
  attestNitro: "/attest/Nitro",
  attestCca: "/attest/Cca",
  attestationPolicy: (type: string) => `/policies/${type}`,
  rotateTokenKey: `${routePrefix}/attestation/rotate-key`,
  enrolment: `${routePrefix}/enrolment`,
  enrolledNodes: `${routePrefix}/enrolment/nodes`,
  enrolledNode: (uid: string) => `${routePrefix}/enrolment/nodes/${uid}`,
  activate: `${routePrefix}/enrolment/activate`,
  downloadDomain: "/securitydomain/download",
  downloadPending: "/securitydomain/download/pending",
  uploadDomain: "/securitydomain/upload",
  uploadPending: "/securitydomain/upload/pending",
  fullBackup: "/backup",
  fullBackupPending: (job: string) => `/backup/${job}/pending`,
  preBackup: "/prebackup",
  fullRestore: "/restore",
  restorePending: (job: string) => `/restore/${job}/pending`,
  preRestore: "/prerestore",
  keyRestore: (name: string) => `/keys/${name}/restore`,
  settings: "/settings",
  setting: (name: string) => `/settings/${name}`,
  restoreStatus: `${routePrefix}/restore`,
  acceptRollback: `${routePrefix}/restore/accept-rollback`,
  domain: `${routePrefix}/domain`,
  rotateKeks: `${routePrefix}/domain/rotate`,
  retireKeks: `${routePrefix}/domain/retire`,
  charters: `${routePrefix}/charters`,
  orders: `${routePrefix}/orders`,
  auditLogs: `${routePrefix}/audit/logs`,
  auditLeaves: (log: string) => `${routePrefix}/audit/logs/${log}/leaves`,
  vaultIdentity: `${routePrefix}/vault`,
  release: `${routePrefix}/release`,
  explain: `${routePrefix}/explain`,
  receipts: `${routePrefix}/receipts`,
  receipt: ({
    log,
    index,
    kind,
    name,
  }: Readonly<Record<"log" | "index" | "kind" | "name", string>>) =>
    `${routePrefix}/receipts/${log}/${index}/${kind}/${name}`,
  secretRotation: (name: string) => `${routePrefix}/secrets/${name}/rotationpolicy`,
  secretRotate: (name: string) => `${routePrefix}/secrets/${name}/rotate`,
  manageAttestation: `${routePrefix}/manage/attestation`,
  manageNodes: `${routePrefix}/manage/nodes`,
  manageVaults: `${routePrefix}/manage/vaults`,
  certificateAuthority: `${routePrefix}/certificates/authority`,
  manageVault: (uid: string) => `${routePrefix}/manage/vaults/${uid}`,
  manageSealingKey: (uid: string) => `${routePrefix}/manage/vaults/${uid}/sealing-key`,
  managePolicy: (uid: string, name: string) =>
    `${routePrefix}/manage/vaults/${uid}/policies/${name}`,
  manageSecret: (uid: string, name: string) =>
    `${routePrefix}/manage/vaults/${uid}/secrets/${name}`,
  manageKey: (uid: string, name: string) => `${routePrefix}/manage/vaults/${uid}/keys/${name}`,
  manageCertificate: (uid: string, name: string) =>
    `${routePrefix}/manage/vaults/${uid}/certificates/${name}`,
} as const;

/** `api-version` of the attestation route, Azure Attestation's. */
export const attestApiVersion = "2022-08-01";
