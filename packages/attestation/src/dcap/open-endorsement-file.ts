// SPDX-License-Identifier: Apache-2.0
/** Finds the endorsements in a file, whatever it is: DER, PEM, hexadecimal, base64, a PCS answer, a bundle of any of these. */

import { fromHex } from "@strongroom/core";
import { malformed } from "../byte-reader.ts";
import { isScannedObject, type ScannedObject, type ScannedValue, scanJson } from "../scan-json.ts";
import { parsePemBlocks } from "../x509/pem.ts";
import { hexField } from "./json-fields.ts";
import * as limits from "./limits.ts";
import { splitOpenEnclaveBlob } from "./open-enclave-blob.ts";

/** One endorsement as it was found, not parsed further. */
export type EndorsementItem =
  | { readonly kind: "certificate" | "crl"; readonly der: Uint8Array }
  | {
      readonly kind: "tcb-info" | "identity";
      readonly text: string;
      readonly signature: Uint8Array;
    };

/** Every endorsement in `file`. @throws {StrongroomError} `EvidenceMalformed` if it is nothing that could hold one. */
export function openEndorsementFile(file: Uint8Array): readonly EndorsementItem[] {
  if (file.length > limits.endorsementBytes) {
    throw malformed("endorsement is too long");
  }
  return openBytes(file, 0);
}

function openBytes(bytes: Uint8Array, depth: number): readonly EndorsementItem[] {
  if (depth > limits.endorsementDepth) {
    throw malformed("endorsements are nested too deep");
  }
  if (bytes[0] === 0x30 && ((bytes[1] ?? 0) & 0x80) !== 0) {
    return [{ kind: isCrl(bytes) ? "crl" : "certificate", der: bytes }];
  }
  const parts = splitOpenEnclaveBlob(bytes);
  return parts === undefined
    ? openText(toText(bytes), depth)
    : parts.flatMap((part) => openBytes(part, depth + 1));
}

/** A certificate's body begins with its version in a tag of its own, a CRL's with a plain number. */
function isCrl(der: Uint8Array): boolean {
  const outer = 2 + ((der[1] ?? 0) & 0x7f);
  const inner = (der[outer + 1] ?? 0) & 0x80 ? 2 + ((der[outer + 1] ?? 0) & 0x7f) : 2;
  return der[outer] === 0x30 && der[outer + inner] === 0x02;
}

function toText(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw malformed("endorsement is neither DER nor text", cause);
  }
}

/** Base64 of DER, PEM or JSON by its first characters. */
const base64 = /^(?:M|LS0tLS1CRUdJTi|ey)[A-Za-z0-9+/\s]*={0,2}$/;

/** Strings that are no endorsement, as the numbers and names in a bundle, are passed over. */
function openText(text: string, depth: number): readonly EndorsementItem[] {
  const trimmed = text.replaceAll("\0", "").trim();
  if (trimmed.startsWith("-----BEGIN")) {
    return openPem(trimmed);
  }
  if (trimmed.startsWith("{")) {
    return openJson(scanJson(trimmed, limits.signedJson), depth);
  }
  if (trimmed.length < 128) {
    return [];
  }
  if (/^30[0-9a-fA-F]*$/.test(trimmed) && trimmed.length % 2 === 0) {
    return openBytes(fromHex(trimmed), depth + 1);
  }
  return base64.test(trimmed)
    ? openBytes(new Uint8Array(Buffer.from(trimmed, "base64")), depth + 1)
    : [];
}

function openPem(text: string): readonly EndorsementItem[] {
  const decoded = text.startsWith("-----BEGIN%20") ? decodeHeader(text) : text;
  return parsePemBlocks(decoded).flatMap(({ label, der }): readonly EndorsementItem[] => {
    switch (label) {
      case "CERTIFICATE":
        return [{ kind: "certificate", der }];
      case "X509 CRL":
        return [{ kind: "crl", der }];
      default:
        return [];
    }
  });
}

/** PCS sends issuer chains in headers, percent-encoded. */
function decodeHeader(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (cause) {
    throw malformed("certificates are not percent-encoded as they claim", cause);
  }
}

function openJson(value: ScannedValue, depth: number): readonly EndorsementItem[] {
  if (depth > limits.endorsementDepth) {
    throw malformed("endorsements are nested too deep");
  }
  if (typeof value === "string") {
    return openText(value, depth + 1);
  }
  if (Array.isArray(value)) {
    return (value as readonly ScannedValue[]).flatMap((one) => openJson(one, depth + 1));
  }
  return isScannedObject(value) ? openObject(value, depth) : [];
}

/** Where a statement stands beside its signature, and what the two are called. */
const statements = [
  { kind: "tcb-info", statement: "tcbInfo", signature: "signature" },
  { kind: "identity", statement: "enclaveIdentity", signature: "signature" },
  { kind: "tcb-info", statement: "tcb_info", signature: "tcb_info_signature" },
  { kind: "identity", statement: "qe_identity", signature: "qe_identity_signature" },
] as const;

function openObject(object: ScannedObject, depth: number): readonly EndorsementItem[] {
  const found = statements.flatMap(({ kind, statement, signature }) => {
    const member = object.get(statement);
    if (member === undefined || !object.has(signature)) {
      return [];
    }
    const text = typeof member.value === "string" ? member.value : member.text;
    const item = { kind, text, signature: hexField(object, signature, 64) } as const;
    return [{ names: [statement, signature], item }];
  });
  // The signature too: one in 256 begins as the hexadecimal digits of DER do.
  const names: readonly string[] = found.flatMap((one) => one.names);
  const rest = [...object].filter(([name]) => !names.includes(name));
  return [
    ...found.map(({ item }) => item),
    ...rest.flatMap(([, { value }]) => openJson(value, depth + 1)),
  ];
}
