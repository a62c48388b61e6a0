// SPDX-License-Identifier: Apache-2.0
/** Whoever signs certificates and requests: a key in the HSM or in memory, and its algorithm. RFC 3279, 4055, 5758. */

import { concatBytes } from "@strongroom/core";
import { asn1Null, bitString, type Der, integer, objectIdentifier, sequence } from "./der.ts";

/** Algorithms of certificate signatures, named as JOSE names them. */
export type CertificateAlgorithm = "ES256" | "ES384" | "ES512" | "ES256K" | "RS256";

/** A key that signs. */
export interface CertificateSigner {
  readonly algorithm: CertificateAlgorithm;
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Uint8Array;
  /** Hashes and signs a message; answers r||s for ECDSA, the signature itself for RSA. */
  readonly sign: (message: Uint8Array) => Promise<Uint8Array>;
}

const ecdsaWithSha256 = sequence(objectIdentifier("1.2.840.10045.4.3.2"));

const identifiers: Readonly<Record<CertificateAlgorithm, Der>> = {
  ES256: ecdsaWithSha256,
  ES256K: ecdsaWithSha256,
  ES384: sequence(objectIdentifier("1.2.840.10045.4.3.3")),
  ES512: sequence(objectIdentifier("1.2.840.10045.4.3.4")),
  RS256: sequence(objectIdentifier("1.2.840.113549.1.1.11"), asn1Null),
};

/** Hash of each algorithm, as node:crypto names it. */
export const hashOf = {
  ES256: "sha256",
  ES256K: "sha256",
  ES384: "sha384",
  ES512: "sha512",
  RS256: "sha256",
} as const satisfies Record<CertificateAlgorithm, string>;

/** AlgorithmIdentifier of the signer's algorithm. */
export function algorithmIdentifier({ algorithm }: Pick<CertificateSigner, "algorithm">): Der {
  return identifiers[algorithm];
}

/** `{toBeSigned, algorithm, signature}`: the frame that certificates and requests share. */
export async function signStructure(toBeSigned: Der, signer: CertificateSigner): Promise<Der> {
  const raw = await signer.sign(toBeSigned);
  const signature = signer.algorithm === "RS256" ? raw : toEcdsaSigValue(raw);
  return sequence(toBeSigned, algorithmIdentifier(signer), bitString(signature));
}

/** ECDSA-Sig-Value (RFC 3279 section 2.2.3) of r||s. */
function toEcdsaSigValue(raw: Uint8Array): Der {
  const half = raw.length / 2;
  return concatBytes(sequence(integer(raw.subarray(0, half)), integer(raw.subarray(half))));
}
