// SPDX-License-Identifier: Apache-2.0
/** An order: one act on a vault that the signers of its charter ask for, once. */

import { z } from "zod";
import { intDate } from "../http/wire.ts";
import { kubernetesNameSchema, uidSchema } from "../names.ts";

/** `typ` of a signed order. */
export const orderType = "strongroom-order+jws";

/** What the object of an order is called where it is the vault as a whole. */
export const wholeVault = "vault";

/** What an order says. */
export const orderSchema = z
  .strictObject({
    version: z.literal(1),
    vault: uidSchema,
    /** Each order has another, and counts once. */
    id: z
      .string()
      .min(16)
      .max(64)
      .regex(/^[\w-]+$/),
    action: z.enum(["purge", "recover", "ungovern"]),
    /** `vault`, `KIND/NAME`, or `KIND/NAME/VERSION`. */
    object: z
      .string()
      .max(200)
      .regex(/^(?:vault|(?:secrets|keys|certificates)\/[0-9a-zA-Z-]{1,127}(?:\/[0-9a-f]{32})?)$/),
    /** The KeyReleasePolicy that governs the object no more. */
    policy: kubernetesNameSchema.optional(),
    expires: intDate,
  })
  .refine(
    ({ action, policy }) => (action === "ungovern") === (policy !== undefined),
    "ungovern names a policy, and nothing else does",
  )
  .refine(
    ({ action, object }) => action !== "ungovern" || object.split("/").length === 2,
    "ungovern is about one object with all of its versions",
  );

/** An order. */
export type Order = z.output<typeof orderSchema>;
