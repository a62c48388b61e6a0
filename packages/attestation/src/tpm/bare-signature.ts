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

const hashes: readonly StrongHash[] = ["sha256", "sha384", "sha512"];

const derSequence = 0x30;
const derInteger = 0x02;

/**
 * Reads a signature by this key. Of a bare one that is as long as the key's modulus, and of one in DER, every scheme and hash
 * that it may be of: which one it is, verifying shows.
 *
 * @throws {StrongroomError} `EvidenceMalformed` if it is none.
 */
export function readSignatures(signature: Uint8Array, key: KeyObject): readonly TpmSignature[] {
  const { modulusLength, namedCurve } = key.asymmetricKeyDetails ?? {};
  if (signature.length * 8 === modulusLength) {
    const schemes = ["rsassa", "rsapss"] as const;
    return schemes.flatMap((algorithm) =>
      hashes.map((hash) => ({ algorithm, hash, value: signature })),
    );
  }
  if (namedCurve !== undefined && signature[0] === derSequence) {
    const numbers = readNumbers(signature);
    return hashes.map((hash) => ({ algorithm: "ecdsa", hash, ...numbers }));
  }
  return [parseTpmSignature(signature)];
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
