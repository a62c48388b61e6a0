// SPDX-License-Identifier: Apache-2.0
/** The three kinds: names, columns, rules over the whole object, and schemas, for generators and for the operator. */

import type { z } from "zod";
import { reservedVaultNames } from "../names.ts";
import { keyReleasePolicySpecSchema, keyReleasePolicyStatusSchema } from "./key-release-policy.ts";
import { secretVaultSpecSchema, secretVaultStatusSchema } from "./secret-vault.ts";
import { vaultSecretSpecSchema, vaultSecretStatusSchema } from "./vault-secret.ts";

/** A column of `kubectl get`; priority 1 shows with `-o wide` only. */
export interface PrinterColumn {
  readonly name: string;
  readonly type: "string" | "integer" | "date";
  readonly jsonPath: string;
  readonly priority?: 1;
}

/** What a generator needs to know of a kind. */
export interface ResourceKind {
  readonly kind: "SecretVault" | "KeyReleasePolicy" | "VaultSecret";
  readonly plural: string;
  readonly singular: string;
  readonly shortName: string;
  readonly description: string;
  readonly spec: z.ZodType;
  readonly status: z.ZodType;
  readonly columns: readonly PrinterColumn[];
  /** CEL over the whole object. */
  readonly rules: readonly { readonly rule: string; readonly message: string }[];
}

const vaultColumn = { name: "Vault", type: "string", jsonPath: ".spec.vault" } as const;
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
  {
    kind: "VaultSecret",
    plural: "vaultsecrets",
    singular: "vaultsecret",
    shortName: "vsecret",
    description: "VaultSecret is a secret in a vault whose value the vault generates once.",
    spec: vaultSecretSpecSchema,
    status: vaultSecretStatusSchema,
    columns: [
      vaultColumn,
      { name: "Version", type: "string", jsonPath: ".status.version" },
      { name: "Id", type: "string", jsonPath: ".status.id", priority: 1 },
    ],
    rules: [
      {
        rule: "has(self.spec.name) || self.metadata.name.matches('^[0-9a-zA-Z-]{1,127}$')",
        message: "the resource's name is no secret's name (letters, digits and '-'), set spec.name",
      },
    ],
  },
] as const satisfies readonly ResourceKind[];
