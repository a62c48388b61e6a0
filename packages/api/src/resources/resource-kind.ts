// SPDX-License-Identifier: Apache-2.0
/** What a kind of resource is, for generators and for the operator. */

import type { z } from "zod";

/** A column of `kubectl get`; priority 1 shows with `-o wide` only. */
export interface PrinterColumn {
  readonly name: string;
  readonly type: "string" | "integer" | "date";
  readonly jsonPath: string;
  readonly priority?: 1;
}

/** What a generator needs to know of a kind. */
export interface ResourceKind {
  readonly kind:
    | "AttestationAuthority"
    | "AttestedNode"
    | "SecretVault"
    | "KeyReleasePolicy"
    | "VaultSecret"
    | "VaultKey"
    | "VaultCertificate";
  readonly plural: string;
  readonly singular: string;
  readonly shortName: string;
  /** Absent: objects of the kind are in a namespace. */
  readonly scope?: "Cluster";
  readonly description: string;
  readonly spec: z.ZodType;
  readonly status: z.ZodType;
  readonly columns: readonly PrinterColumn[];
  /** CEL over the whole object. */
  readonly rules: readonly { readonly rule: string; readonly message: string }[];
}

/** Column that says which vault something is in. */
export const vaultColumn = { name: "Vault", type: "string", jsonPath: ".spec.vault" } as const;
