// SPDX-License-Identifier: Apache-2.0
/** Bodies of the operations with keys. */

import { fromBase64url, toBase64url } from "@strongroom/core";
import { z } from "zod";
import type { Encrypted } from "../../keys/cipher-parameters.ts";
import type { SignatureParameters } from "../../keys/software/ml-dsa.ts";

/** Bytes that one operation takes: what the HSM's messages hold. */
const maxValueBytes = 262_144;
/** Bytes of additional data, context, IV and tag. */
const maxParameterBytes = 4_096;

const algorithm = z.string().max(64);

const bytes = (most: number) =>
  z
    .string()
    .max(Math.ceil((most * 4) / 3))
    .transform((text) => fromBase64url(text));

const parameter = bytes(maxParameterBytes).nullish();

/** Body of encrypt, decrypt, wrapkey and unwrapkey. */
export const cipherBodySchema = z.object({
  alg: algorithm,
  value: bytes(maxValueBytes),
  iv: parameter,
  aad: parameter,
  tag: parameter,
});

/** Such a body, decoded. */
export type CipherBody = z.infer<typeof cipherBodySchema>;

/** Body of securewrapkey. */
export const secureWrapBodySchema = z.object({ alg: algorithm });

const signature = { alg: algorithm, context: parameter, external_mu: parameter };

/** Body of sign: `value` is a digest, or a message where the algorithm hashes itself. */
export const signBodySchema = z.object({ ...signature, value: bytes(maxValueBytes) });

/** Such a body, decoded. */
export type SignBody = z.infer<typeof signBodySchema>;

/** Body of verify: `digest` is what was signed, `value` the signature. */
export const verifyBodySchema = z.object({
  ...signature,
  digest: bytes(maxValueBytes),
  value: bytes(maxValueBytes),
});

/** Such a body, decoded. */
export type VerifyBody = z.infer<typeof verifyBodySchema>;

/** What a body encrypts or decrypts. */
export function encryptedOf({ value, iv, aad, tag }: CipherBody): Encrypted {
  return { bytes: value, iv: iv ?? undefined, aad: aad ?? undefined, tag: tag ?? undefined };
}

/** What goes with a value that is signed. */
export function signatureParameters({
  context,
  external_mu: externalMu,
}: Pick<SignBody, "context" | "external_mu">): SignatureParameters {
  return { context: context ?? undefined, externalMu: externalMu ?? undefined };
}

/** Parameters in an answer. */
export function encoded(parameters: Omit<Encrypted, "bytes">): Readonly<Record<string, string>> {
  const present = Object.entries(parameters).flatMap(([name, given]) =>
    given === undefined ? [] : [[name, toBase64url(given)]],
  );
  return Object.fromEntries(present);
}
