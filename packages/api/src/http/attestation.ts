// SPDX-License-Identifier: Apache-2.0
/** Attestation routes: challenge, Azure Attestation's envelope, TPM evidence and runtime data. */

import { z } from "zod";
import {
  maxEventLogLength,
  maxEvidenceBytes,
  maxRuntimeDataBytes,
  maxTpmStructureBytes,
} from "../limits.ts";
import { eventLogSchema, sha256PcrsSchema } from "./attest-requests.ts";
import { base64url, base64urlOf, intDate } from "./wire.ts";

/** Answer of `POST /attestation/challenge`. */
export const challengeResponseSchema = z.strictObject({
  nonce: z.string().min(16).max(1_024),
  expiresAt: intDate,
});

/** A nonce and when (seconds since the epoch) it stops being taken. */
export type ChallengeResponse = z.output<typeof challengeResponseSchema>;

/** Body of `POST /attest/Tpm` and of its answer: base64url of JSON, as Azure Attestation wraps TPM evidence. */
export const attestEnvelopeSchema = z.strictObject({
  data: base64url(maxEvidenceBytes + maxEventLogLength),
});

/** The envelope. */
export type AttestEnvelope = z.output<typeof attestEnvelopeSchema>;

const tpmStructure = base64url(maxTpmStructureBytes);

/** Evidence of a TPM: TPMT_PUBLIC, TPMS_ATTEST and TPMT_SIGNATURE (TPM 2.0 part 2), PCRs, and what the quote binds. */
export const tpmEvidenceSchema = z.strictObject({
  type: z.literal("tpm"),
  akPublic: tpmStructure,
  quote: tpmStructure,
  signature: tpmStructure,
  pcrs: z.strictObject({ sha256: sha256PcrsSchema }),
  runtimeData: base64url(maxRuntimeDataBytes),
  eventLog: eventLogSchema,
});

/** Evidence of a TPM. */
export type TpmEvidence = z.output<typeof tpmEvidenceSchema>;

const kid = z
  .string()
  .min(1)
  .max(128)
  .regex(/^[\w.-]+$/);

/** RSA-2048 to RSA-4096 public key for Azure's release envelope. RFC 7517, RFC 7518 section 6.3. */
export const encryptJwkSchema = z.strictObject({
  kty: z.literal("RSA"),
  kid,
  key_ops: z.tuple([z.literal("encrypt")]),
  n: base64url(512),
  e: z.literal("AQAB"),
});

const p256 = { kty: z.literal("EC"), crv: z.literal("P-256"), kid } as const;
const point = { x: base64urlOf(32), y: base64urlOf(32) } as const;

/** P-256 public key that values are encrypted to. */
export const deriveJwkSchema = z.strictObject({
  ...p256,
  ...point,
  key_ops: z.tuple([z.literal("deriveKey")]),
});

/** P-256 public key that proofs of possession are checked with. */
export const verifyJwkSchema = z.strictObject({
  ...p256,
  ...point,
  key_ops: z.tuple([z.literal("verify")]),
});

/** Release keys in the order of the wire: RSA encrypt, P-256 deriveKey, P-256 verify. */
export const releaseKeysSchema = z.tuple([encryptJwkSchema, deriveJwkSchema, verifyJwkSchema]);

const printable = (longest: number) =>
  z
    .string()
    .min(1)
    .max(longest)
    .regex(/^[\x20-\x7e]*$/);

/** What holds the release keys, as it says itself: nothing measures it, and the token says so by the claim's name. */
export const workloadSchema = z.strictObject({ name: printable(253), version: printable(64) });

/** Runtime data, closed: what a requester says about itself gets no name that a policy could take for measured. */
export const runtimeDataSchema = z.strictObject({
  nonce: challengeResponseSchema.shape.nonce,
  keys: releaseKeysSchema,
  /** Becomes member `workload` of claim `x-strongroom-unmeasured`. */
  workload: workloadSchema.optional(),
});

/** A program by its own word. */
export type Workload = z.output<typeof workloadSchema>;

/** Runtime data. */
export type RuntimeData = z.output<typeof runtimeDataSchema>;
/** Public RSA key of the node plugin. */
export type EncryptJwk = z.output<typeof encryptJwkSchema>;
/** Public key-agreement key of the node plugin. */
export type DeriveJwk = z.output<typeof deriveJwkSchema>;
/** Public proof key of the node plugin. */
export type VerifyJwk = z.output<typeof verifyJwkSchema>;
