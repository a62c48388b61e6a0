// SPDX-License-Identifier: Apache-2.0
/** Release of objects to an attested node: request, proof of possession, signed statement and answer. */

import { z } from "zod";
import {
  maxJweLength,
  maxProofLength,
  maxProofSteps,
  maxReleaseItems,
  maxReleaseLength,
  maxTargetLength,
  maxTransferBytes,
  maxWrappedKeyBytes,
} from "../limits.ts";
import {
  objectKindSchema,
  objectNameSchema,
  objectVersionSchema,
  uidSchema,
  vaultNameSchema,
} from "../names.ts";
import { base64url, base64urlOf, compact, count, hexOf, intDate, milliTime } from "./wire.ts";

const jti = z
  .string()
  .min(16)
  .max(64)
  .regex(/^[\w-]+$/);

/** How data keys are wrapped for attested environments alone, by Key Vault's names. */
export const secureWrapAlgorithmSchema = z.enum([
  "RSA-OAEP-256",
  "A128KW",
  "A192KW",
  "A256KW",
  "A128KWPAD",
  "A192KWPAD",
  "A256KWPAD",
  "CKM_AES_KEY_WRAP",
  "CKM_AES_KEY_WRAP_PAD",
]);

/** A data key that a key wrapped. */
export const wrappedKeySchema = z.strictObject({
  alg: secureWrapAlgorithmSchema,
  value: base64url(maxWrappedKeyBytes),
});

/** A data key that a key wrapped. */
export type WrappedKey = z.output<typeof wrappedKeySchema>;

/** One object that is asked for; without a version, the current one. */
export const releaseItemSchema = z
  .strictObject({
    kind: objectKindSchema,
    name: objectNameSchema,
    version: objectVersionSchema.optional(),
    /** What is asked for instead of the key itself: this, unwrapped by it. */
    unwrap: wrappedKeySchema.optional(),
  })
  .refine(({ kind, unwrap }) => unwrap === undefined || kind === "keys", "only keys unwrap");

/** One object that is asked for. */
export type ReleaseItem = z.output<typeof releaseItemSchema>;

/** Body of `POST /strongroom/v1/release`: attestation token and objects. */
export const releaseRequestSchema = z.strictObject({
  target: compact(3, maxTargetLength),
  items: z.array(releaseItemSchema).min(1).max(maxReleaseItems),
});

/** Release request. */
export type ReleaseRequest = z.output<typeof releaseRequestSchema>;

/** Header that carries the proof of possession. */
export const proofHeaderName = "x-strongroom-proof";

/** `typ` of the proof of possession. */
export const proofType = "strongroom-pop+jwt";

/** The proof as it travels. */
export const proofSchema = compact(3, maxProofLength);

/** Payload of the proof: SHA-256 of pod token, target and raw body; method and path; when and which. */
export const proofPayloadSchema = z.strictObject({
  vault: uidSchema,
  htm: z.enum(["GET", "POST"]),
  htu: z.string().min(1).max(512),
  ath: base64urlOf(32),
  tth: base64urlOf(32),
  bh: base64urlOf(32),
  jti,
  iat: intDate,
});

/** Payload of the proof. */
export type ProofPayload = z.output<typeof proofPayloadSchema>;

/** Why an object was denied, as much of it as the caller may know. `CannotUnwrap`: the key did not wrap what is to be unwrapped. */
export const denialClassSchema = z.enum([
  "Forbidden",
  "PolicyDenied",
  "NotFound",
  "Disabled",
  "CannotUnwrap",
]);

/** Why an object was denied. */
export type DenialClass = z.output<typeof denialClassSchema>;

/** SHA-256 of the wrapped key, where that was to be unwrapped. */
const unwrapped = base64urlOf(32).optional();

/** Signed statement about an object that was granted; `digest` is the SHA-256 of the characters of its JWE, or of `keyHsm`. */
export const grantedItemSchema = z.strictObject({
  kind: objectKindSchema,
  name: objectNameSchema,
  version: objectVersionSchema,
  id: z.string().min(1).max(512),
  unwrapped,
  result: z.literal("granted"),
  digest: base64urlOf(32),
});

/** Signed statement about an object that was denied. */
export const deniedItemSchema = z.strictObject({
  kind: objectKindSchema,
  name: objectNameSchema,
  version: objectVersionSchema.optional(),
  unwrapped,
  result: z.literal("denied"),
  class: denialClassSchema,
});

/** Log, size and root of a signed head. */
export const headReferenceSchema = z.strictObject({
  log: z.string().min(1).max(64),
  size: count,
  root: hexOf(32),
});

/** `typ` of the signed statement. */
export const releaseType = "strongroom-release+jws";

/** Payload of the signed statement, items in the order of the request. */
export const releasePayloadSchema = z.strictObject({
  jti,
  iat: intDate,
  /** Absent where the attestation token is for anybody. */
  pod: z.strictObject({ uid: uidSchema }).optional(),
  vault: z.strictObject({ uid: uidSchema, name: vaultNameSchema }),
  items: z
    .array(z.discriminatedUnion("result", [grantedItemSchema, deniedItemSchema]))
    .min(1)
    .max(maxReleaseItems),
  head: headReferenceSchema,
});

/** Payload of the signed statement. */
export type ReleasePayload = z.output<typeof releasePayloadSchema>;
/** Signed grant. */
export type GrantedItem = z.output<typeof grantedItemSchema>;
/** Signed denial. */
export type DeniedItem = z.output<typeof deniedItemSchema>;

/** Head with its time (milliseconds) and signature (ES256, r||s). */
export const signedHeadSchema = headReferenceSchema.extend({
  time: milliTime,
  signature: base64urlOf(64),
});

/** Signed head. */
export type SignedHeadBody = z.output<typeof signedHeadSchema>;

/** Answer of a release: the statement, one entry for each item (empty where denied), and the record's place in the log. */
export const releaseResponseSchema = z.strictObject({
  release: compact(3, maxReleaseLength),
  items: z
    .array(
      z.strictObject({
        /** Of a secret or certificate. */
        jwe: compact(5, maxJweLength).optional(),
        /** Of a key, or of a data key that it unwrapped: Azure's transfer blob, JSON in base64url. */
        keyHsm: base64url(maxTransferBytes).optional(),
      }),
    )
    .min(1)
    .max(maxReleaseItems),
  head: signedHeadSchema,
  proof: z.strictObject({
    index: count,
    leafHash: hexOf(32),
    path: z.array(hexOf(32)).max(maxProofSteps),
  }),
});

/** Answer of a release. */
export type ReleaseResponse = z.output<typeof releaseResponseSchema>;
