// SPDX-License-Identifier: Apache-2.0
/** Receipts of releases: the signed payload, and the routes by which one is listed and made again from the audit log. */

import { z } from "zod";
import { maxProofSteps, maxReceiptLength, maxReceiptsPerPage, maxReleaseItems } from "../limits.ts";
import {
  objectKindSchema,
  objectNameSchema,
  objectVersionSchema,
  uidSchema,
  vaultNameSchema,
} from "../names.ts";
import { headReferenceSchema } from "./release.ts";
import { base64urlOf, compact, count, hexOf, intDate, milliTime } from "./wire.ts";

/** Header of a response that carries one. */
export const receiptHeaderName = "x-strongroom-receipt";

/** `typ` of a receipt. */
export const receiptType = "strongroom-receipt+jws";

/** What a receipt is of: whom which version went to, when and how. */
const releaseFacts = {
  /** The operation's name in the audit log. */
  operation: z.string().min(1).max(64),
  /** When it was decided. */
  released: intDate,
  vault: z.strictObject({ uid: uidSchema, name: vaultNameSchema }),
  /** Id of the version. */
  object: z.string().min(1).max(512),
  /** SHA-256 of a wrapped key, where that was unwrapped by the object and released. */
  unwrapped: base64urlOf(32).optional(),
  identity: z.strictObject({
    issuer: z.string().min(1).max(1_024),
    subject: z.string().min(1).max(1_024),
  }),
  pod: z.strictObject({ uid: uidSchema }).optional(),
};

/** Payload of a receipt; `iat` is when this one was signed. */
export const receiptPayloadSchema = z.strictObject({
  iat: intDate,
  ...releaseFacts,
  /** Digests of the policies that allowed it. */
  policies: z.array(z.string().max(64)).max(1_000),
  /** SHA-256 of the attestation token. */
  evidence: base64urlOf(32),
  /** What the proof is against: signed by the head key, unless who asked named a size. */
  head: headReferenceSchema.extend({
    time: milliTime.optional(),
    signature: base64urlOf(64).optional(),
  }),
  /** The release's leaf is under that head. RFC 6962 section 2.1.1. */
  proof: z.strictObject({
    index: count,
    leafHash: hexOf(32),
    path: z.array(hexOf(32)).max(maxProofSteps),
  }),
});

/** Payload of a receipt. */
export type ReceiptPayload = z.output<typeof receiptPayloadSchema>;

/** What a receipt is of. */
export type ReleaseFacts = Omit<ReceiptPayload, "iat" | "head" | "proof">;

/** Where a receipt is found: the release's leaf, and which object of those that were released together. */
export const receiptPlaceSchema = z.strictObject({
  log: hexOf(16),
  index: z.coerce.number().pipe(count),
  kind: objectKindSchema,
  name: objectNameSchema,
});

/** Where a receipt is found. */
export type ReceiptPlace = z.output<typeof receiptPlaceSchema>;

/**
 * Query of `GET …/receipts/{log}/{index}/{kind}/{name}`: leaves under the head that the proof is to be against, and version
 * or wrapped key, where several of the object were released together.
 */
export const receiptQuerySchema = z.object({
  size: z.coerce.number().pipe(count).optional(),
  version: objectVersionSchema.optional(),
  unwrapped: base64urlOf(32).optional(),
});

/** Query of a receipt. */
export type ReceiptQuery = z.output<typeof receiptQuerySchema>;

/** Its answer. */
export const receiptSchema = z.strictObject({ receipt: compact(3, maxReceiptLength) });

/** A receipt. */
export type Receipt = z.output<typeof receiptSchema>;

/** Query of `GET …/receipts`. */
export const receiptListQuerySchema = z.object({
  kind: objectKindSchema,
  name: objectNameSchema,
});

/** Its answer, newest first. A page may be empty though there is another: `nextLink` says so. */
export const receiptListSchema = z.strictObject({
  value: z
    .array(z.strictObject({ ...releaseFacts, ...receiptPlaceSchema.shape, index: count }))
    // A page ends behind a whole leaf.
    .max(maxReceiptsPerPage + maxReleaseItems),
  nextLink: z.string().max(1_024).nullable(),
});

/** Receipts that there are. */
export type ReceiptList = z.output<typeof receiptListSchema>;
