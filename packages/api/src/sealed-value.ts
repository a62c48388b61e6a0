// SPDX-License-Identifier: Apache-2.0
/**
 * Sealed values: JWE (RFC 7516, compact) that one vault alone opens, so that they can be kept in Git.
 *
 * The protected header says what the value is for, and is authenticated with it: vault, namespace, name and a serial.
 */

import { z } from "zod";
import { base64url } from "./http/wire.ts";
import { namespaceNameSchema, objectNameSchema, uidSchema } from "./names.ts";

/** `typ` of a sealed value. */
export const sealedValueType = "strongroom-sealed+jwe";

/** Bytes of an RSA-3072 modulus in base64url, with room. */
const maxModulus = 512;

/** Public key that values for a vault are sealed to: RSA-3072, whose private key is in the HSM. RFC 7517. */
export const sealingKeySchema = z.strictObject({
  kty: z.literal("RSA"),
  n: base64url(maxModulus).describe("modulus"),
  e: base64url(8).describe("exponent"),
  alg: z.literal("RSA-OAEP-256"),
  use: z.literal("enc"),
  kid: base64url(32).describe("thumbprint of the key, RFC 7638"),
});

/** A sealing key. */
export type SealingKey = z.output<typeof sealingKeySchema>;

/** Protected header of a sealed value: nothing else may be in it. */
export const sealedHeaderSchema = z.strictObject({
  alg: z.literal("RSA-OAEP-256"),
  enc: z.literal("A256GCM"),
  typ: z.literal(sealedValueType),
  kid: base64url(32),
  vault: uidSchema,
  namespace: namespaceNameSchema,
  name: objectNameSchema,
  /** Rises with each value of the same name; the seconds since the epoch are a good one. */
  serial: z.int().min(1),
});

/** What a sealed value is bound to. */
export type SealedHeader = z.output<typeof sealedHeaderSchema>;
