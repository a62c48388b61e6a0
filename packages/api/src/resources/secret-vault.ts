// SPDX-License-Identifier: Apache-2.0
/** SecretVault: a tenant with its own name, address, keys, roles and objects. */

import { z } from "zod";
import { statementSchema } from "../charter/statement.ts";
import { maxRoleAssignments } from "../limits.ts";
import { uidSchema } from "../names.ts";
import { sealingKeySchema } from "../sealed-value.ts";
import { roleAssignmentSchema } from "./role-assignment.ts";
import { commonStatus } from "./status.ts";
import { fixedMember, fixedOnceSet, neverSwitchedOff, withRules } from "./validation.ts";

/** Where the vault's data key is used. */
export const protectionSchema = z.enum(["Software", "HSM"]);

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
export const secretVaultSpecSchema = withRules(
  z.strictObject({
    recover: uidSchema
      .optional()
      .describe(
        "uid of a deleted vault of this namespace that this resource takes over, instead of making a new one",
      ),
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
    certificates: z
      .strictObject({
        domains: z
          .array(
            z
              .string()
              .min(1)
              .max(253)
              .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/),
          )
          .max(32)
          .optional()
          .describe(
            "domains, with all below them, for which the vault's own CA issues, besides those of the namespace's Services",
          ),
      })
      .optional(),
    release: z
      .enum(["Allowed", "Required"])
      .default("Allowed")
      .describe("`Required` denies every object that no KeyReleasePolicy selects"),
    keys: z
      .strictObject({
        legacyAlgorithms: z
          .array(z.enum(["RSA1_5", "RSNULL"]))
          .max(2)
          .optional()
          .describe(
            "algorithms without a proof of security that the vault's keys offer all the same; never in a release",
          ),
      })
      .optional(),
    charter: statementSchema
      .optional()
      .describe(
        "signed charter: rules of the vault that must allow besides those of resources; the vault keeps it for good and takes another only from its signers",
      ),
    roleAssignments: z
      .array(roleAssignmentSchema)
      .max(maxRoleAssignments)
      .default([])
      .describe("who may do what; nobody else may do anything"),
  }),
  fixedMember("recover"),
);

/** Desired vault, defaults filled in. */
export type SecretVaultSpec = z.output<typeof secretVaultSpecSchema>;

/** `status` of a SecretVault. */
export const secretVaultStatusSchema = z.strictObject({
  ...commonStatus,
  uid: z.string().max(64).optional().describe("identity of the vault"),
  address: z.string().max(512).optional().describe("URL of the vault"),
  protection: protectionSchema.optional(),
  domain: z
    .enum(["active", "none"])
    .optional()
    .describe("security domain; `active`: custodians can recover a lost token; `none`: nobody can"),
  enforcedBy: z
    .enum(["token", "host"])
    .optional()
    .describe("who keeps the keys' templates: the token itself or the process in front of it"),
  counts: z
    .strictObject({
      secrets: z.int().min(0),
      keys: z.int().min(0).optional(),
      certificates: z.int().min(0).optional(),
    })
    .optional()
    .describe("objects in the vault"),
  sealingKey: sealingKeySchema
    .optional()
    .describe("public key that `strongroom seal` encrypts values for Git to"),
  charter: z
    .strictObject({
      serial: z.int().min(1),
      digest: z.string().max(64).describe("SHA-256 of its canonical content"),
      expires: z.iso.datetime({ offset: true }),
      onExpiry: z.enum(["hold", "deny"]),
      threshold: z.int().min(1).describe("signers that a change takes"),
      signers: z.array(z.string().max(64)).max(16).describe("ids of their keys, RFC 7638"),
      warnings: z
        .array(z.string().max(512))
        .max(32)
        .optional()
        .describe("what a reader should know"),
    })
    .optional()
    .describe("charter that the vault has, whether the resource says so or not"),
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
