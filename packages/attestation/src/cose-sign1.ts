// SPDX-License-Identifier: Apache-2.0
/** COSE_Sign1: layout, what its signature covers, and whether a key made it. RFC 9052, sections 4.2 and 4.4; RFC 9053, section 2.1. */

import { type KeyObject, verify } from "node:crypto";
import { concatBytes, utf8 } from "@strongroom/core";
import { malformed } from "./byte-reader.ts";
import { isBytes, isCborMap, readCbor } from "./read-cbor.ts";

/** Signature algorithms that are read; each goes with one curve. */
export type CoseAlgorithm = "ES256" | "ES384" | "ES512";

/** A signed payload. */
export interface CoseSign1 {
  readonly algorithm: CoseAlgorithm;
  readonly payload: Uint8Array;
  /** Sig_structure with no external data. */
  readonly signed: Uint8Array;
  /** r and s, one after the other. */
  readonly signature: Uint8Array;
}

/** What a document of one kind may look like. */
export interface CoseProfile {
  readonly algorithms: readonly CoseAlgorithm[];
  /** Labels of protected headers that may stand beside the algorithm. */
  readonly protectedLabels: readonly number[];
  /** Labels of headers that nobody signed: they are there, and are not read. */
  readonly unprotectedLabels: readonly number[];
}

interface Scheme {
  readonly identifier: number;
  readonly hash: string;
  readonly curve: string;
  readonly signatureBytes: number;
}

const schemes: Readonly<Record<CoseAlgorithm, Scheme>> = {
  ES256: { identifier: -7, hash: "sha256", curve: "prime256v1", signatureBytes: 64 },
  ES384: { identifier: -35, hash: "sha384", curve: "secp384r1", signatureBytes: 96 },
  ES512: { identifier: -36, hash: "sha512", curve: "secp521r1", signatureBytes: 132 },
};

/** COSE's header parameter for the algorithm. */
const algorithmLabel = 1;

/** Tag 18 in its one byte: documents come with it and without. */
const tag18 = 0xd2;

/** @throws {StrongroomError} `EvidenceMalformed` if the bytes are not exactly one COSE_Sign1 of this profile. */
export function parseCoseSign1(bytes: Uint8Array, profile: CoseProfile): CoseSign1 {
  const parts = readCbor(bytes[0] === tag18 ? bytes.slice(1) : bytes);
  if (!Array.isArray(parts) || parts.length !== 4) {
    throw malformed("not a COSE_Sign1");
  }
  const [protectedHeader, unprotectedHeader, payload, signature]: readonly unknown[] = parts;
  if (!isBytes(protectedHeader) || !isBytes(payload) || !isBytes(signature)) {
    throw malformed("a part of the COSE_Sign1 is no byte string");
  }
  if (!hasOnly(unprotectedHeader, profile.unprotectedLabels)) {
    throw malformed("the COSE_Sign1 has headers that nobody signed");
  }
  const algorithm = readAlgorithm(protectedHeader, profile);
  if (signature.length !== schemes[algorithm].signatureBytes) {
    throw malformed("the COSE_Sign1 has a signature of another algorithm");
  }
  const context = concatBytes(Uint8Array.of(0x84, 0x6a), utf8("Signature1"));
  const signed = concatBytes(
    context,
    byteString(protectedHeader),
    Uint8Array.of(0x40),
    byteString(payload),
  );
  return { algorithm, payload, signed, signature };
}

/** Whether the key, of the algorithm's curve, made the signature. */
export function isSignedBy({ algorithm, signed, signature }: CoseSign1, key: KeyObject): boolean {
  const { hash, curve } = schemes[algorithm];
  return (
    key.asymmetricKeyDetails?.namedCurve === curve &&
    verify(hash, signed, { key, dsaEncoding: "ieee-p1363" }, signature)
  );
}

function readAlgorithm(protectedHeader: Uint8Array, profile: CoseProfile): CoseAlgorithm {
  const header = readCbor(protectedHeader);
  const stated = isCborMap(header) ? header.get(algorithmLabel) : undefined;
  const algorithm = profile.algorithms.find((one) => schemes[one].identifier === stated);
  if (algorithm === undefined || !hasOnly(header, [algorithmLabel, ...profile.protectedLabels])) {
    throw malformed(`the COSE_Sign1 is not signed with ${profile.algorithms.join(" or ")}`);
  }
  return algorithm;
}

function hasOnly(header: unknown, labels: readonly unknown[]): boolean {
  return isCborMap(header) && [...header.keys()].every((label) => labels.includes(label));
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
