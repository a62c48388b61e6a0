// SPDX-License-Identifier: Apache-2.0
/** SecretVault: a tenant with its own name, address, keys, roles and objects. */

import { builtInRoles, type RoleName } from "@strongroom/core";
import { z } from "zod";
import { maxPrincipals, maxRoleAssignments } from "../limits.ts";
import { kubernetesNameSchema } from "../names.ts";
import { commonStatus } from "./status.ts";
import { exactlyOneOf, fixedOnceSet, neverSwitchedOff, withRules } from "./validation.ts";

/** Name of a role, one of Key Vault's. */
export const roleNameSchema = z.enum(Object.keys(builtInRoles) as RoleName[]);

/** Where the vault's data key is used. */
export const protectionSchema = z.enum(["Software", "HSM"]);

const httpsUrl = z
  .string()
  .min(9)
  .max(512)
  .regex(/^https:\/\/[^\s?#]+$/);

const serviceAccount = z
  .strictObject({ name: kubernetesNameSchema.describe("name of the ServiceAccount") })
  .describe("a ServiceAccount of the vault's own namespace");

const oidc = z
  .strictObject({
    issuer: httpsUrl.describe("`iss` of the token; the installation must be configured for it"),
    subject: z.string().min(1).max(512).describe("`sub` of the token, compared exactly"),
  })
  .describe("an identity of an external OIDC issuer");

const principal = withRules(
  z.strictObject({ serviceAccount: serviceAccount.optional(), oidc: oidc.optional() }),
  exactlyOneOf("serviceAccount", "oidc"),
);

/** Who may do what on which objects, and how. */
export const roleAssignmentSchema = z.strictObject({
  role: roleNameSchema.describe("what they may do"),
  scope: z
    .string()
    .min(1)
    .max(160)
    .regex(/^(?:\*|secrets\/[0-9a-zA-Z*-]{1,127})$/)
    .default("*")
    .describe("on which objects: `*` for all, or `secrets/PATTERN` where `*` stands for any text"),
  via: z
    .enum(["release", "api"])
    .optional()
    .describe(
      "how: `release` to attested nodes only, `api` on the plain routes too; default `release` for ServiceAccounts, `api` for OIDC identities",
    ),
  principals: z.array(principal).min(1).max(maxPrincipals).describe("who"),
});

/** Who may do what. */
export type RoleAssignmentSpec = z.output<typeof roleAssignmentSchema>;

const softDelete = z.strictObject({
  retentionDays: z
    .int()
    .min(7)
    .max(90)
    .default(90)
    .describe("days for which a deleted object can be recovered"),
  purgeProtection: z
    .boolean()
    .default(false)
    .describe(
      "whether nobody can purge a deleted object before its retention is over; cannot be undone",
    )
    .meta(neverSwitchedOff("purgeProtection")),
});

/** `spec` of a SecretVault. */
export const secretVaultSpecSchema = z.strictObject({
  protection: protectionSchema
    .default("Software")
    .describe(
      "`Software` decrypts the vault's data key at start; `HSM` keeps it in the token; fixed once set",
    )
    .meta(fixedOnceSet("protection")),
  softDelete: softDelete.default({ retentionDays: 90, purgeProtection: false }),
  address: z
    .strictObject({
      hosts: z
        .array(
          z
            .string()
            .min(1)
            .max(253)
            .regex(/^[a-z0-9]([-.a-z0-9]*[a-z0-9])?$/),
        )
        .max(16)
        .optional()
        .describe("further host names of the vault"),
    })
    .optional(),
  release: z
    .enum(["Allowed", "Required"])
    .default("Allowed")
    .describe("`Required` denies every object that no KeyReleasePolicy selects"),
  roleAssignments: z
    .array(roleAssignmentSchema)
    .max(maxRoleAssignments)
    .default([])
    .describe("who may do what; nobody else may do anything"),
});

/** Desired vault, defaults filled in. */
export type SecretVaultSpec = z.output<typeof secretVaultSpecSchema>;

/** `status` of a SecretVault. */
export const secretVaultStatusSchema = z.strictObject({
  ...commonStatus,
  uid: z.string().max(64).optional().describe("identity of the vault"),
  address: z.string().max(512).optional().describe("URL of the vault"),
  protection: protectionSchema.optional(),
  domain: z
    .enum(["none"])
    .optional()
    .describe("security domain; `none` means that a lost token is unrecoverable"),
  enforcedBy: z
    .enum(["token", "host"])
    .optional()
    .describe("who keeps the keys' templates: the token itself or the process in front of it"),
  counts: z
    .strictObject({ secrets: z.int().min(0) })
    .optional()
    .describe("objects in the vault"),
  auditHead: z
    .strictObject({
      log: z.string().max(64),
      size: z.int().min(0),
      root: z.string().max(64),
      time: z.iso.datetime({ offset: true }),
    })
    .optional()
    .describe("head of the audit log, at most a minute old, for convenience"),
});

/** Observed vault. */
export type SecretVaultStatus = z.output<typeof secretVaultStatusSchema>;
