// SPDX-License-Identifier: Apache-2.0
/** Who a vault is: what a node plugin learns before it asks for a release. */

import { z } from "zod";
import { namespaceNameSchema, uidSchema, vaultNameSchema } from "../names.ts";
import { sealingKeySchema } from "../sealed-value.ts";

/** Answer of `GET /strongroom/v1/vault`. */
export const vaultIdentitySchema = z.strictObject({
  uid: uidSchema,
  name: vaultNameSchema,
  namespace: namespaceNameSchema,
  /** What values for this vault are sealed to, where it has been made. */
  sealingKey: sealingKeySchema.optional(),
});

/** Identity of a vault; the uid is what counts. */
export type VaultIdentity = z.output<typeof vaultIdentitySchema>;
