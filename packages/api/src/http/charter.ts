// SPDX-License-Identifier: Apache-2.0
/** Answers to signers who hand in a charter or an order; the bodies are the statements. */

import { z } from "zod";
import { maxCharterAuthorities, maxCharterSigners } from "../limits.ts";
import { uidSchema } from "../names.ts";
import { count, hexOf, intDate } from "./wire.ts";

/** What is told of the charter that a vault has. */
export const charterFactsSchema = z.strictObject({
  serial: count,
  digest: hexOf(32),
  expires: intDate,
  onExpiry: z.enum(["hold", "deny"]),
  /** Thumbprints of the signers' keys, RFC 7638. */
  signers: z.array(z.string().max(64)).max(maxCharterSigners),
  threshold: count,
  warnings: z.array(z.string().max(512)).max(maxCharterAuthorities + 8),
});

/** Facts about a charter. */
export type CharterFacts = z.output<typeof charterFactsSchema>;

/** Answer of `POST …/charters`: the charter in force; `isNew` unless it was so before. */
export const charterTakenSchema = z.strictObject({
  vault: uidSchema,
  serial: count,
  digest: hexOf(32),
  isNew: z.boolean(),
});

/** A charter that was taken. */
export type CharterTaken = z.output<typeof charterTakenSchema>;

/** Answer of `POST …/orders`. */
export const orderTakenSchema = z.strictObject({
  vault: uidSchema,
  action: z.enum(["purge", "recover", "ungovern"]),
  object: z.string().max(200),
  expires: intDate,
});

/** An order that was taken. */
export type OrderTaken = z.output<typeof orderTakenSchema>;
