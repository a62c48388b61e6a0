// SPDX-License-Identifier: Apache-2.0
/** Management routes: what the operator tells the vault and what it hears back. */

import { z } from "zod";
import { maxAccounts, maxListedObjects, maxListedVaults } from "../limits.ts";
import {
  kubernetesNameSchema,
  namespaceNameSchema,
  objectNameSchema,
  objectVersionSchema,
  uidSchema,
  vaultNameSchema,
} from "../names.ts";
import { protectionSchema, secretVaultSpecSchema } from "../resources/secret-vault.ts";
import { sealingKeySchema } from "../sealed-value.ts";
import { charterFactsSchema } from "./charter.ts";
import { headReferenceSchema } from "./release.ts";
import { count, hexOf, intDate, milliTime } from "./wire.ts";

/** The resource that something in the vault was made from. */
export const ownerSchema = z.strictObject({ uid: uidSchema });

/** What every management call carries: lease epoch (a stale one is refused), and which resource at which generation. */
export const manageCallSchema = z.strictObject({
  epoch: count,
  generation: count,
  owner: ownerSchema,
});

/** Fencing and ownership of a management call; also the whole body of a DELETE. */
export type ManageCall = z.output<typeof manageCallSchema>;

/** Body of `PUT …/vaults/{uid}`; `owner.uid` is the same uid, unless the resource recovers an older vault. */
export const putVaultRequestSchema = manageCallSchema.extend({
  name: vaultNameSchema,
  namespace: namespaceNameSchema,
  /** Of a namespace of that name, which of all that there may have been; absent where there is no cluster. */
  namespaceUid: uidSchema.optional(),
  spec: secretVaultSpecSchema,
  /** ServiceAccounts of the namespace that the spec names and that exist, with their uids. */
  accounts: z
    .array(z.strictObject({ name: kubernetesNameSchema, uid: uidSchema }))
    .max(maxAccounts)
    .optional(),
});

/** Desired vault. */
export type PutVaultRequest = z.output<typeof putVaultRequestSchema>;

const accountNames = z.array(kubernetesNameSchema).max(maxAccounts).optional();

const vaultFacts = z.strictObject({
  uid: uidSchema,
  protection: protectionSchema,
  domain: z.enum(["active", "none"]),
  enforcedBy: z.enum(["token", "host"]),
  auditHead: headReferenceSchema.extend({ time: milliTime }).optional(),
  sealingKey: sealingKeySchema.optional(),
  charter: charterFactsSchema.optional(),
  counts: z.strictObject({ secrets: count, keys: count, certificates: count }),
});

/** Answer of `PUT …/vaults/{uid}`. */
export const putVaultResponseSchema = vaultFacts.extend({
  created: z.boolean(),
  /** ServiceAccounts that the spec names and that there has not been yet. */
  pendingAccounts: accountNames,
  /** ServiceAccounts that were made anew since the vault first knew them; the new ones have no rights. */
  replacedAccounts: accountNames,
});

/** What the vault is, and whether this call made it. */
export type PutVaultResponse = z.output<typeof putVaultResponseSchema>;

/** Answer of `PUT …/vaults/{uid}/sealing-key`, whose body is a management call. */
export const putSealingKeyResponseSchema = z.strictObject({ sealingKey: sealingKeySchema });

/** A vault's sealing key. */
export type PutSealingKeyResponse = z.output<typeof putSealingKeyResponseSchema>;

/** An object that the operator made, with the resource that it came from. */
const heldObject = z.strictObject({
  name: objectNameSchema,
  owner: ownerSchema,
  version: objectVersionSchema,
});

/** Answer of `GET …/vaults/{uid}`: also every policy and operator-made object, with the resource that each came from. */
export const vaultStatusSchema = vaultFacts.extend({
  name: vaultNameSchema,
  namespace: namespaceNameSchema,
  policies: z
    .array(z.strictObject({ name: kubernetesNameSchema, owner: ownerSchema, digest: hexOf(32) }))
    .max(maxListedObjects),
  secrets: z.array(heldObject).max(maxListedObjects),
  keys: z.array(heldObject).max(maxListedObjects),
  certificates: z.array(heldObject).max(maxListedObjects),
});

/** State of a vault as the operator sees it. */
export type VaultStatus = z.output<typeof vaultStatusSchema>;

/** Answer of `GET …/vaults`: every vault that was not purged; `owner` is the resource that it belongs to. */
export const vaultListSchema = z.strictObject({
  vaults: z
    .array(
      z.strictObject({
        uid: uidSchema,
        owner: ownerSchema,
        name: vaultNameSchema,
        namespace: namespaceNameSchema,
        deleted: z
          .strictObject({ at: intDate, purgeAt: intDate })
          .nullable()
          .describe("when it was deleted and will be purged"),
      }),
    )
    .max(maxListedVaults),
});

/** Every vault of the installation. */
export type VaultList = z.output<typeof vaultListSchema>;

/** Answer of every DELETE; `false` where there was nothing. */
export const deletedResponseSchema = z.strictObject({ deleted: z.boolean() });

/** Whether something was there. */
export type DeletedResponse = z.output<typeof deletedResponseSchema>;
