// SPDX-License-Identifier: Apache-2.0
/** Role assignments of a SecretVault: who may do what on which objects, how, and under which conditions. */

import { builtInRoles, isAddressRange, type RoleName, scopePattern } from "@strongroom/core";
import { z } from "zod";
import { maxDelegableRoles, maxPrincipals, maxSourceRanges } from "../limits.ts";
import { kubernetesNameSchema, uidSchema } from "../names.ts";
import { exactlyOneOf, withRules } from "./validation.ts";

/** Name of a role, one of Key Vault's or Managed HSM's. */
const roleNameSchema = z.enum(Object.keys(builtInRoles) as RoleName[]);

const httpsUrl = z
  .string()
  .min(9)
  .max(512)
  .regex(/^https:\/\/[^\s?#]+$/);

const serviceAccount = z
  .strictObject({
    name: kubernetesNameSchema.describe("name of the ServiceAccount"),
    uid: uidSchema
      .optional()
      .describe(
        "its uid; without, the name stands for the first account that the operator finds, and an account made anew later inherits nothing",
      ),
  })
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

const sourceRange = withRules(
  z
    .string()
    .min(2)
    .max(49)
    .regex(/^[0-9a-fA-F:.]+(\/[0-9]{1,3})?$/),
  {
    rule: "isIP(self) || (isCIDR(self) && cidr(self) == cidr(self).masked())",
    message: "must be an address, or a range in CIDR notation without bits behind its prefix",
    check: isAddressRange,
  },
);

const conditions = z
  .strictObject({
    sourceRanges: z
      .array(sourceRange)
      .min(1)
      .max(maxSourceRanges)
      .optional()
      .describe(
        "networks to come from, as addresses or CIDR ranges; met only where the installation says that clients' addresses are preserved",
      ),
    notBefore: z.iso.datetime({ offset: true }).optional().describe("from when on"),
    notAfter: z.iso.datetime({ offset: true }).optional().describe("until when"),
  })
  .describe("what has to hold besides; all of it");

/** Who may do what on which objects, and how. */
export const roleAssignmentSchema = z.strictObject({
  role: roleNameSchema.describe("what they may do"),
  scope: z
    .string()
    .min(1)
    .max(160)
    .regex(scopePattern)
    .default("*")
    .describe(
      "on which objects: `*` for the whole vault, `secrets`, `keys` or `certificates`, or `KIND/PATTERN` where `*` stands for any text",
    ),
  via: z
    .enum(["release", "api"])
    .optional()
    .describe(
      "how: `release` to attested nodes only, `api` on the plain routes too; default `release` for ServiceAccounts, `api` for OIDC identities",
    ),
  conditions: conditions.optional(),
  principals: z.array(principal).min(1).max(maxPrincipals).describe("who"),
  delegable: z
    .array(roleNameSchema)
    .max(maxDelegableRoles)
    .optional()
    .describe(
      "roles that they may grant to others within this scope, this way and these conditions, though they do not hold them",
    ),
});

/** Who may do what. */
export type RoleAssignmentSpec = z.output<typeof roleAssignmentSchema>;
