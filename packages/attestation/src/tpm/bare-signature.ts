// SPDX-License-Identifier: Apache-2.0
/**
 * A quote's signature in the two ways in which tools write it: as the TPM does (TPMT_SIGNATURE), or bare, as OpenSSL takes
 * it, with no word on its scheme. `tpm2_quote --format=plain`.
 */

import type { KeyObject } from "node:crypto";
import { ByteReader, malformed } from "../byte-reader.ts";
import { assertDer } from "../x509/der.ts";
import type { StrongHash } from "./algorithms.ts";
import { parseTpmSignature, type TpmSignature } from "./parse-tpm-signature.ts";

/** The hash that goes with a curve, by the names that Node gives to curves. */
const hashes: Readonly<Record<string, StrongHash>> = { prime256v1: "sha256", secp384r1: "sha384" };

const derSequence = 0x30;
const derInteger = 0x02;

/**
 * Reads a signature by this key. A bare one that is as long as the key's modulus is RSASSA with SHA-256; one in DER is ECDSA
 * with the hash of the key's curve.
 *
 * @throws {StrongroomError} `EvidenceMalformed` if it is none.
 */
export function readSignature(signature: Uint8Array, key: KeyObject): TpmSignature {
  const { modulusLength, namedCurve = "" } = key.asymmetricKeyDetails ?? {};
  if (signature.length * 8 === modulusLength) {
    return { algorithm: "rsassa", hash: "sha256", value: signature };
  }
  const hash = hashes[namedCurve];
  return hash !== undefined && signature[0] === derSequence
    ? { algorithm: "ecdsa", hash, ...readNumbers(signature) }
    : parseTpmSignature(signature);
}

/** Ecdsa-Sig-Value: two numbers. RFC 3279, section 2.2.3. */
function readNumbers(der: Uint8Array) {
  assertDer(der);
  const reader = new ByteReader(der);
  reader.bytes(2);
  const [r, s] = [readNumber(reader), readNumber(reader)];
  reader.end();
  return { r, s };
}

/** A number without the zero that says that it is positive. Both are below 128 bytes. */
function readNumber(reader: ByteReader): Uint8Array {
  if (reader.u8() !== derInteger) {
    throw malformed("a signature of something else than numbers");
  }
  const bytes = reader.bytes(reader.u8());
  return bytes[0] === 0 ? bytes.slice(1) : bytes;
}
