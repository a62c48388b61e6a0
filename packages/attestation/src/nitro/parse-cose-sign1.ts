// SPDX-License-Identifier: Apache-2.0
/** COSE_Sign1 with ES384: layout and what its signature covers. RFC 9052, sections 4.2 and 4.4. */

import { concatBytes, utf8 } from "@strongroom/core";
import { malformed } from "../byte-reader.ts";
import { isBytes, isCborMap, readCbor } from "../read-cbor.ts";

/** A signed payload. */
export interface CoseSign1 {
  readonly payload: Uint8Array;
  /** Sig_structure with no external data. */
  readonly signed: Uint8Array;
  /** r and s, 48 bytes each. */
  readonly signature: Uint8Array;
}

/** COSE's header parameter for the algorithm, and ES384. */
const algorithm = { label: 1, es384: -35 } as const;

const signatureBytes = 96;

/** Tag 18 in its one byte: documents come with it and without. */
const tag18 = 0xd2;

/** @throws {StrongroomError} `EvidenceMalformed` if the bytes are not exactly one COSE_Sign1 with ES384. */
export function parseCoseSign1(bytes: Uint8Array): CoseSign1 {
  const parts = readCbor(bytes[0] === tag18 ? bytes.slice(1) : bytes);
  if (!Array.isArray(parts) || parts.length !== 4) {
    throw malformed("not a COSE_Sign1");
  }
  const [protectedHeader, unprotectedHeader, payload, signature]: readonly unknown[] = parts;
  if (!isBytes(protectedHeader) || !isBytes(payload) || !isBytes(signature)) {
    throw malformed("a part of the COSE_Sign1 is no byte string");
  }
  if (!isCborMap(unprotectedHeader) || unprotectedHeader.size !== 0) {
    throw malformed("the COSE_Sign1 has headers that nobody signed");
  }
  const header = readCbor(protectedHeader);
  const isEs384 =
    isCborMap(header) && header.size === 1 && header.get(algorithm.label) === algorithm.es384;
  if (!isEs384 || signature.length !== signatureBytes) {
    throw malformed("the COSE_Sign1 is not signed with ES384");
  }
  const context = concatBytes(Uint8Array.of(0x84, 0x6a), utf8("Signature1"));
  const signed = concatBytes(
    context,
    byteString(protectedHeader),
    Uint8Array.of(0x40),
    byteString(payload),
  );
  return { payload, signed, signature };
}

/** A byte string of at most 65,535 bytes. */
function byteString(bytes: Uint8Array): Uint8Array {
  const { length } = bytes;
  if (length < 24) {
    return concatBytes(Uint8Array.of(0x40 | length), bytes);
  }
  return length < 0x100
    ? concatBytes(Uint8Array.of(0x58, length), bytes)
    : concatBytes(Uint8Array.of(0x59, length >> 8, length & 0xff), bytes);
}
