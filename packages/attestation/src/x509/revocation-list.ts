// SPDX-License-Identifier: Apache-2.0
/** Certificate revocation lists, strictly: full lists of one issuer, DER only. RFC 5280 section 5. */

import { constants, type KeyObject, verify } from "node:crypto";
import { toHex } from "@strongroom/core";
import { ByteReader, malformed } from "../byte-reader.ts";
import { toSerial } from "./certificate.ts";
import { assertDer, type DerValue, derValues, derValuesWithin } from "./der.ts";
import { derExtensionList, derExtensions, derParts, tag } from "./der-parts.ts";
import { readDerTime } from "./der-time.ts";
import * as limits from "./limits.ts";

/** A list whose form was checked; nothing says yet who made it. */
export interface RevocationList {
  readonly der: Uint8Array;
  /** Name as hexadecimal DER. */
  readonly issuer: string;
  readonly thisUpdate: Date;
  readonly nextUpdate: Date;
  /** CRLNumber, which rises with each list of an issuer; RFC 5280 section 5.2.3. */
  readonly number?: bigint;
  /** Serial numbers as {@link toSerial} spells them. */
  readonly revoked: ReadonlySet<string>;
  /** Whether the key made the signature. */
  readonly isSignedBy: (key: KeyObject) => boolean;
}

/** Content of the algorithms' identifiers in hexadecimal: 1.2.840.10045.4.3.2, 1.2.840.113549.1.1.10. */
const algorithm = { ecdsaSha256: "2a8648ce3d040302", rsaPss: "2a864886f70d01010a" } as const;

/** 2.5.29.20, likewise. */
const crlNumberId = "551d14";

const times: readonly number[] = [tag.utcTime, tag.generalizedTime];

/** Parses a list. @throws {StrongroomError} `EvidenceMalformed` if it is none, or one that is not complete in itself. */
export function parseRevocationList(der: Uint8Array): RevocationList {
  if (der.length > limits.crlBytes) {
    throw malformed("crl is too long");
  }
  assertDer(der);
  const [outer] = derParts({ content: der }, [tag.sequence]);
  const [body, outerAlgorithm, signature] = derValues(outer.content);
  const isList = body?.identifier === tag.sequence && signature?.identifier === tag.bits;
  if (!isList || outerAlgorithm === undefined) {
    throw malformed("not a crl");
  }
  const parts = takeParts(body);
  const id = readAlgorithm(parts.algorithm);
  if (id !== readAlgorithm(outerAlgorithm)) {
    throw malformed("crl names two signature algorithms");
  }
  // Delta lists, lists of one reason and lists of other issuers say so in critical extensions.
  const number = derExtensions(parts.extensions, []).get(crlNumberId);
  return {
    der,
    issuer: toHex(parts.issuer.der),
    thisUpdate: readDerTime(parts.thisUpdate),
    nextUpdate: readDerTime(parts.nextUpdate),
    ...(number === undefined ? {} : { number: readNumber(number) }),
    revoked: readEntries(parts.entries),
    isSignedBy: (key) => isSignature({ key, signed: body.der, bits: signature.content, id }),
  };
}

/** TBSCertList, in its order. */
function takeParts(body: DerValue) {
  const left = [...derValues(body.content)];
  const take = (...identifiers: readonly number[]) =>
    identifiers.includes(left[0]?.identifier ?? 0) ? left.shift() : undefined;
  const version = take(tag.integer);
  const [name, issuer] = [take(tag.sequence), take(tag.sequence)];
  const [thisUpdate, nextUpdate] = [take(...times), take(...times)];
  const [entries, extensions] = [take(tag.sequence), take(tag.explicit0)];
  const isSecond = version === undefined || toHex(version.content) === "01";
  if (!isSecond || name === undefined || issuer === undefined || thisUpdate === undefined) {
    throw malformed("not a crl");
  }
  // Without an end a list that was withheld for years would still do.
  if (nextUpdate === undefined || left.length > 0) {
    throw malformed("crl has no end, or more than it should have");
  }
  return { algorithm: name, issuer, thisUpdate, nextUpdate, entries, extensions };
}

function readAlgorithm(algorithmId: DerValue): string {
  const [id] = derValues(algorithmId.content);
  if (algorithmId.identifier !== tag.sequence || id?.identifier !== tag.oid) {
    throw malformed("not a crl");
  }
  return toHex(id.content);
}

/** Serial numbers. What entries say beside them is the same few things each time, and is looked at once. */
function readEntries(list: DerValue | undefined): ReadonlySet<string> {
  const entries = list === undefined ? [] : derValues(list.content).map(readEntry);
  const extensions = new Map(entries.map((entry) => [toHex(entry.extensions?.der ?? none), entry]));
  for (const entry of extensions.values()) {
    derExtensionList(entry.extensions, []);
  }
  return new Set(entries.map(({ serial }) => toSerial(serial.content)));
}

const none = new Uint8Array();

function readEntry({ identifier, content }: DerValue) {
  const [serial, date, extensions, more] =
    identifier === tag.sequence ? derValuesWithin(content) : [];
  const isDated = times.includes(date?.identifier ?? 0);
  if (serial?.identifier !== tag.integer || !isDated || more !== undefined) {
    throw malformed("crl has an entry that is none");
  }
  return { serial, extensions };
}

interface SignatureParts {
  readonly key: KeyObject;
  readonly signed: Uint8Array;
  readonly bits: Uint8Array;
  /** Of the algorithm. */
  readonly id: string;
}

/** The two algorithms in use: Intel's, and AMD's with its one set of parameters. Any other is no signature here. */
function isSignature({ key, signed, bits, id }: SignatureParts): boolean {
  const value = bits.slice(1);
  if (bits[0] !== 0) {
    return false;
  }
  if (id === algorithm.ecdsaSha256) {
    return key.asymmetricKeyType === "ec" && verify("sha256", signed, key, value);
  }
  const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 48 };
  return (
    id === algorithm.rsaPss &&
    key.asymmetricKeyType === "rsa" &&
    verify("sha384", signed, { key, ...pss }, value)
  );
}

function readNumber(value: Uint8Array): bigint {
  const reader = new ByteReader(value);
  const isInteger = reader.u8() === tag.integer;
  const length = reader.u8();
  // At most 20 bytes, as serial numbers.
  if (!isInteger || length === 0 || length > 21) {
    throw malformed("crl has a number that is none");
  }
  const digits = toHex(reader.bytes(length));
  reader.end();
  return BigInt(`0x${digits}`);
}
