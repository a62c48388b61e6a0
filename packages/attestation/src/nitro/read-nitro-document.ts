// SPDX-License-Identifier: Apache-2.0
/** Finds an attestation document in what people keep: bytes, text, JSON of an API, a certificate that carries it in a name. */

import { fromHex } from "@strongroom/core";
import { malformed } from "../byte-reader.ts";
import { isJsonObject, parseStrictJson } from "../strict-json.ts";
import { asAscii, decodeText, toBinary } from "../text-encodings.ts";
import { parsePemBlocks } from "../x509/pem.ts";

/** COSE_Sign1's tag, in its one byte. */
const tag18 = 0xd2;

/** Array of four, and the protected header that says ES384, in hexadecimal as certificates spell it. */
const start = /(?:d2)?8444a1013822[0-9a-f]+/u;

/** The same with an empty map of other headers behind it, and lengths: of a payload of 256 bytes or more, of the signature. */
const layout = {
  start: Buffer.from("8444a1013822a059", "hex"),
  signature: [0x58, 0x60],
  signatureBytes: 96,
} as const;

/** Bytes that stand before a document: the security module's answer in CBOR has 24, and agents a number or two. */
const longestHeader = 64;

/** Bytes of JSON, which may have event logs beside the document, and objects one in the other. */
const limits = { json: 1_048_576, depth: 5 } as const;

/** Members of JSON that hold a document, in objects of whatever names. */
const members: readonly string[] = [
  ...["document", "attestation_document", "attestationDocument", "attestation_doc"],
  ...["attestationDoc", "attestation", "evidence", "doc", "quote"],
];

/** @throws {StrongroomError} `EvidenceMalformed` if there is none. */
export function readNitroDocument(file: Uint8Array): Uint8Array {
  const text = asAscii(file)?.trim();
  if (text?.startsWith("-----BEGIN ") === true) {
    return fromCertificate(parsePemBlocks(text)[0]?.der ?? new Uint8Array());
  }
  if (text?.startsWith("{") === true) {
    return fromJson(text);
  }
  const bytes = toBinary(file);
  return bytes[0] === 0x30 && bytes[1] === 0x82
    ? fromCertificate(bytes)
    : (fromBuffer(bytes) ?? bytes);
}

/** A name of the certificate spells the document, before the domain. */
function fromCertificate(der: Uint8Array): Uint8Array {
  const [found] = start.exec(Buffer.from(der).toString("latin1")) ?? [];
  if (found === undefined) {
    throw malformed("a certificate without a document in its names");
  }
  return fromHex(found.slice(0, found.length - (found.length % 2)));
}

function fromJson(text: string): Uint8Array {
  const json = parseStrictJson(new Uint8Array(Buffer.from(text)), limits.json);
  const document = find(json, limits.depth);
  if (document === undefined) {
    throw malformed("json without a document");
  }
  return document;
}

/** The first member that spells a document, the object's own before those of objects in it. */
function find(value: unknown, left: number): Uint8Array | undefined {
  if (!isJsonObject(value) || left === 0) {
    return undefined;
  }
  const spelled = members.map((name) => value[name]).filter((one) => typeof one === "string");
  const own = spelled.map((text) => fromBuffer(decodeText(text) ?? new Uint8Array()));
  const inner = Object.values(value).map((part) => find(part, left - 1));
  return [...own, ...inner].find((found) => found !== undefined);
}

/** A document at the start of the bytes, all of them, or behind a header: then what is behind it is not of it. */
function fromBuffer(bytes: Uint8Array): Uint8Array | undefined {
  const at = Buffer.from(bytes.subarray(0, longestHeader)).indexOf(layout.start);
  if (at <= 0) {
    return at === 0 ? bytes : undefined;
  }
  if (at === 1 && bytes[0] === tag18) {
    return bytes;
  }
  const payload = at + layout.start.length + 2;
  const signature = payload + (bytes[payload - 2] ?? 0) * 256 + (bytes[payload - 1] ?? 0);
  const end = signature + layout.signature.length + layout.signatureBytes;
  const isWhole =
    end <= bytes.length &&
    layout.signature.every((byte, index) => bytes[signature + index] === byte);
  return isWhole ? bytes.slice(at, end) : undefined;
}
