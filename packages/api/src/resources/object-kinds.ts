// SPDX-License-Identifier: Apache-2.0
/** The kinds that stand for objects in a vault. */

import { type ResourceKind, vaultColumn } from "./resource-kind.ts";
import { vaultCertificateSpecSchema, vaultCertificateStatusSchema } from "./vault-certificate.ts";
import { vaultKeySpecSchema, vaultKeyStatusSchema } from "./vault-key.ts";
import { vaultSecretSpecSchema, vaultSecretStatusSchema } from "./vault-secret.ts";

const versionColumns = [
  vaultColumn,
  { name: "Version", type: "string", jsonPath: ".status.version" },
  { name: "Id", type: "string", jsonPath: ".status.id", priority: 1 },
] as const;

const nameRule = (noun: string) => ({
  rule: "has(self.spec.name) || self.metadata.name.matches('^[0-9a-zA-Z-]{1,127}$')",
  message: `the resource's name is no ${noun}'s name (letters, digits and '-'), set spec.name`,
});

/** VaultSecret. */
export const vaultSecretKind = {
  kind: "VaultSecret",
  plural: "vaultsecrets",
  singular: "vaultsecret",
  shortName: "vsecret",
  description:
    "VaultSecret is a secret in a vault: its value is generated there, or comes sealed for that vault alone.",
  spec: vaultSecretSpecSchema,
  status: vaultSecretStatusSchema,
  columns: versionColumns,
  rules: [nameRule("secret")],
} as const satisfies ResourceKind;

/** VaultKey. */
export const vaultKeyKind = {
  kind: "VaultKey",
  plural: "vaultkeys",
  singular: "vaultkey",
  shortName: "vkey",
  description: "VaultKey is a key in a vault, generated there.",
  spec: vaultKeySpecSchema,
  status: vaultKeyStatusSchema,
  columns: [
    ...versionColumns,
    { name: "Type", type: "string", jsonPath: ".spec.kty", priority: 1 },
  ],
  rules: [nameRule("key")],
} as const satisfies ResourceKind;

/** VaultCertificate. */
export const vaultCertificateKind = {
  kind: "VaultCertificate",
  plural: "vaultcertificates",
  singular: "vaultcertificate",
  shortName: "vcert",
  description:
    "VaultCertificate is a certificate in a vault with its key, issued and renewed there.",
  spec: vaultCertificateSpecSchema,
  status: vaultCertificateStatusSchema,
  columns: [
    ...versionColumns,
    { name: "Issuer", type: "string", jsonPath: ".spec.policy.issuer.name", priority: 1 },
    { name: "Expires", type: "date", jsonPath: ".status.expires", priority: 1 },
  ],
  rules: [nameRule("certificate")],
} as const satisfies ResourceKind;
