// SPDX-License-Identifier: Apache-2.0
/** What is said to a Nitro security module, in CBOR: the request for a document, and its answer. AWS, nsm-api, `Request` and `Response`. */

import { concatBytes, StrongroomError, utf8 } from "@strongroom/core";
import { malformed } from "../byte-reader.ts";
import { isBytes, isCborMap, readCbor, readFirstCbor } from "../read-cbor.ts";
import { u16be } from "../tpm/encode.ts";

/** Bytes that a document repeats as `user_data` at most. */
const mostUserData = 512;

/** The request for a document that repeats `userData`, and has neither nonce nor key. */
export function encodeNsmRequest(userData: Uint8Array): Uint8Array {
  if (userData.length > mostUserData) {
    throw new StrongroomError("BadParameter", `user data has at most ${mostUserData} bytes`);
  }
  const nothing = Uint8Array.of(0xf6);
  return concatBytes(
    ...[map(1), text("Attestation"), map(3), text("user_data"), bytes(userData)],
    ...[text("nonce"), nothing, text("public_key"), nothing],
  );
}

/** The document of an answer. @throws {StrongroomError} `EvidenceMalformed` if the module answers an error, or nothing known. */
export function readNsmResponse(answer: Uint8Array): Uint8Array {
  return documentOf(readCbor(answer));
}

/** The same of an answer that stands at the start of a longer buffer: NitroTPM's. */
export function readNsmBuffer(buffer: Uint8Array): Uint8Array {
  return documentOf(readFirstCbor(buffer));
}

function documentOf(read: unknown): Uint8Array {
  const attestation = isCborMap(read) ? read.get("Attestation") : undefined;
  const document = isCborMap(attestation) ? attestation.get("document") : undefined;
  if (!isBytes(document)) {
    throw malformed("the security module answers no document");
  }
  return new Uint8Array(document);
}

// RFC 8949 section 3: major type in three bits, a length below 24 beside it, a longer one in one or two bytes behind.
function map(pairs: number): Uint8Array {
  return Uint8Array.of(0xa0 | pairs);
}

function text(value: string): Uint8Array {
  return concatBytes(Uint8Array.of(0x60 | value.length), utf8(value));
}

function bytes(value: Uint8Array): Uint8Array {
  const { length } = value;
  if (length < 24) {
    return concatBytes(Uint8Array.of(0x40 | length), value);
  }
  const header =
    length < 256 ? Uint8Array.of(0x58, length) : concatBytes(Uint8Array.of(0x59), u16be(length));
  return concatBytes(header, value);
}
