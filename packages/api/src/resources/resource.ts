// SPDX-License-Identifier: Apache-2.0
/** The kinds: names, columns, rules over the whole object, and schemas, for generators and for the operator. */

import { reservedVaultNames } from "../names.ts";
import { attestationAuthorityKind } from "./attestation/attestation-authority.ts";
import { attestedNodeKind } from "./attestation/attested-node.ts";
import { keyReleasePolicySpecSchema, keyReleasePolicyStatusSchema } from "./key-release-policy.ts";
import { vaultCertificateKind, vaultKeyKind, vaultSecretKind } from "./object-kinds.ts";
import { type ResourceKind, vaultColumn } from "./resource-kind.ts";
import { secretVaultSpecSchema, secretVaultStatusSchema } from "./secret-vault.ts";

const reserved = reservedVaultNames.map((name) => `'${name}'`).join(", ");

/** Every kind, in the order of the reference. */
export const resourceKinds = [
  {
    kind: "SecretVault",
    plural: "secretvaults",
    singular: "secretvault",
    shortName: "svault",
    description: "SecretVault is a vault: a tenant with its own address, keys, roles and objects.",
    spec: secretVaultSpecSchema,
    status: secretVaultStatusSchema,
    columns: [
      { name: "Address", type: "string", jsonPath: ".status.address" },
      { name: "Secrets", type: "integer", jsonPath: ".status.counts.secrets" },
      { name: "Keys", type: "integer", jsonPath: ".status.counts.keys", priority: 1 },
      {
        name: "Certificates",
        type: "integer",
        jsonPath: ".status.counts.certificates",
        priority: 1,
      },
      { name: "Protection", type: "string", jsonPath: ".spec.protection", priority: 1 },
      { name: "UID", type: "string", jsonPath: ".metadata.uid", priority: 1 },
    ],
    rules: [
      {
        rule: "self.metadata.name.matches('^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$')",
        message:
          "the vault's name becomes a host name: it must start with a letter, hold lower-case letters, digits and '-' only, and have at most 63 characters",
      },
      {
        rule: `!(self.metadata.name in [${reserved}])`,
        message: "this name is reserved, choose another one",
      },
    ],
  },
  {
    kind: "KeyReleasePolicy",
    plural: "keyreleasepolicies",
    singular: "keyreleasepolicy",
    shortName: "krp",
    description:
      "KeyReleasePolicy says which attested environments may receive the objects that it selects.",
    spec: keyReleasePolicySpecSchema,
    status: keyReleasePolicyStatusSchema,
    columns: [
      vaultColumn,
      { name: "Objects", type: "integer", jsonPath: ".status.objects" },
      { name: "Digest", type: "string", jsonPath: ".status.digest", priority: 1 },
    ],
    rules: [],
  },
  vaultSecretKind,
  vaultKeyKind,
  vaultCertificateKind,
  attestationAuthorityKind,
  attestedNodeKind,
] as const satisfies readonly ResourceKind[];
