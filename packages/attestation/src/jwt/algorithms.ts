// SPDX-License-Identifier: Apache-2.0
/** Signature algorithms of tokens, and which keys they go with. RFC 7518, section 3. */

import { constants, type KeyObject, verify } from "node:crypto";

/** What is accepted anywhere: no `none`, nothing with a shared secret. */
export type JwtAlgorithm = "RS256" | "RS384" | "PS256" | "PS384" | "ES256" | "ES384" | "ES512";

interface Scheme {
  readonly hash: "sha256" | "sha384" | "sha512";
  readonly curve?: string;
  /** Bytes of r and s together. */
  readonly signatureBytes?: number;
  readonly saltLength?: number;
}

const schemes: Readonly<Record<JwtAlgorithm, Scheme>> = {
  RS256: { hash: "sha256" },
  RS384: { hash: "sha384" },
  PS256: { hash: "sha256", saltLength: 32 },
  PS384: { hash: "sha384", saltLength: 48 },
  ES256: { hash: "sha256", curve: "prime256v1", signatureBytes: 64 },
  ES384: { hash: "sha384", curve: "secp384r1", signatureBytes: 96 },
  ES512: { hash: "sha512", curve: "secp521r1", signatureBytes: 132 },
};

/** Shortest RSA modulus, in bits. */
const shortestRsa = 2048;

/** Whether a key is of the kind that the algorithm signs with: never the other way round. */
export function isKeyFor(key: KeyObject, algorithm: JwtAlgorithm): boolean {
  const { curve } = schemes[algorithm];
  const details = key.asymmetricKeyDetails;
  return curve === undefined
    ? key.asymmetricKeyType === "rsa" && (details?.modulusLength ?? 0) >= shortestRsa
    : details?.namedCurve === curve;
}

/** Whether the key, one for the algorithm, made the signature. */
export function hasJwtSignature(
  key: KeyObject,
  algorithm: JwtAlgorithm,
  signed: Uint8Array,
  signature: Uint8Array,
): boolean {
  const { hash, signatureBytes, saltLength } = schemes[algorithm];
  if (signatureBytes !== undefined) {
    const dsaEncoding = "ieee-p1363" as const;
    return (
      signature.length === signatureBytes && verify(hash, signed, { key, dsaEncoding }, signature)
    );
  }
  const padding =
    saltLength === undefined ? constants.RSA_PKCS1_PADDING : constants.RSA_PKCS1_PSS_PADDING;
  const pss = saltLength === undefined ? {} : { saltLength };
  return verify(hash, signed, { key, padding, ...pss }, signature);
}
