// SPDX-License-Identifier: Apache-2.0
/** Finds an attestation document in what people keep: bytes, text, JSON of an API, a certificate that carries it in a name. */

import { fromHex } from "@strongroom/core";
import { malformed } from "../byte-reader.ts";
import { isJsonObject, parseStrictJson } from "../strict-json.ts";
import { asAscii, decodeText, toBinary } from "../text-encodings.ts";
import { parsePemBlocks } from "../x509/pem.ts";

/** Array of four, with its tag or without, and the protected header that says ES384, in hexadecimal. */
const start = /(?:d2)?8444a1013822[0-9a-f]+/u;

/** Members of JSON that hold a document. */
const members = [
  "document",
  "attestation_document",
  "attestationDocument",
  "attestation",
  "evidence",
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
  return file[0] === 0x30 && file[1] === 0x82 ? fromCertificate(file) : toBinary(file);
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
  const json = parseStrictJson(new Uint8Array(Buffer.from(text)));
  const value = isJsonObject(json) ? members.map((name) => json[name]).find(isText) : undefined;
  const document = value === undefined ? undefined : decodeText(value);
  if (document === undefined) {
    throw malformed("json without a document");
  }
  return document;
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}
