// SPDX-License-Identifier: Apache-2.0
/** The payload of an attestation document: layout and bounds. AWS Nitro Enclaves, "Verifying the root of trust". */

import { malformed } from "../byte-reader.ts";
import { type CborMap, isBytes, isCborMap, readCbor } from "../read-cbor.ts";
import { parseNitroCose } from "./parse-nitro-cose.ts";

/** An attestation document's fields. */
export interface NitroDocument {
  /** `enclave` has `pcrs`, `tpm` (NitroTPM) has `nitrotpm_pcrs`. */
  readonly kind: "enclave" | "tpm";
  readonly moduleId: string;
  readonly timestamp: Date;
  /** SHA-384 digests by register. */
  readonly pcrs: ReadonlyMap<number, Uint8Array>;
  readonly certificate: Uint8Array;
  /** The root first, the certificate's issuer last. */
  readonly caBundle: readonly Uint8Array[];
  /** What the requester asked to have signed; undefined where it did not. */
  readonly publicKey: Uint8Array | undefined;
  readonly userData: Uint8Array | undefined;
  readonly nonce: Uint8Array | undefined;
}

/** Bytes, unless said otherwise. */
const limits = {
  certificate: 1024,
  certificates: 8,
  digest: 48,
  pcrs: 32,
  optional: 1024,
} as const;

const keys = new Set<unknown>([
  ...["module_id", "digest", "timestamp", "pcrs", "nitrotpm_pcrs", "certificate", "cabundle"],
  ...["public_key", "user_data", "nonce"],
]);

/** Latest time that a date can hold, in milliseconds. */
const latest = 8.64e15;

/** The document in a COSE_Sign1, whose signature nobody has looked at. */
export function parseNitroEvidence(bytes: Uint8Array): NitroDocument {
  return parseNitroDocument(parseNitroCose(bytes).payload);
}

/** @throws {StrongroomError} `EvidenceMalformed` for anything that the format does not allow. */
export function parseNitroDocument(payload: Uint8Array): NitroDocument {
  const map = readCbor(payload);
  if (!isCborMap(map) || [...map.keys()].some((key) => !keys.has(key))) {
    throw malformed("not an attestation document");
  }
  if (map.get("digest") !== "SHA384" || map.has("pcrs") === map.has("nitrotpm_pcrs")) {
    throw malformed("the document has other registers");
  }
  const kind = map.has("pcrs") ? "enclave" : "tpm";
  return {
    kind,
    moduleId: readModuleId(map.get("module_id")),
    timestamp: readTime(map.get("timestamp")),
    pcrs: readPcrs(map.get(kind === "enclave" ? "pcrs" : "nitrotpm_pcrs")),
    certificate: readCertificate(map.get("certificate")),
    caBundle: readBundle(map.get("cabundle")),
    publicKey: readOptional(map, "public_key"),
    userData: readOptional(map, "user_data"),
    nonce: readOptional(map, "nonce"),
  };
}

function readModuleId(value: unknown): string {
  if (typeof value !== "string" || !/^[\x21-\x7e]{1,128}$/u.test(value)) {
    throw malformed("the document names no module");
  }
  return value;
}

function readTime(value: unknown): Date {
  if (typeof value !== "number" || value <= 0 || value > latest) {
    throw malformed("the document has no time");
  }
  return new Date(value);
}

function readPcrs(value: unknown): ReadonlyMap<number, Uint8Array> {
  if (!isCborMap(value) || value.size === 0 || value.size > limits.pcrs) {
    throw malformed("the document has no registers, or too many");
  }
  return new Map([...value].map(([index, digest]) => readPcr(index, digest)));
}

function readPcr(index: unknown, digest: unknown): readonly [number, Uint8Array] {
  const isIndex = typeof index === "number" && index >= 0 && index < limits.pcrs;
  if (!isIndex || !isBytes(digest) || digest.length !== limits.digest) {
    throw malformed("a register of the document is none");
  }
  return [index, digest];
}

function readBundle(value: unknown): readonly Uint8Array[] {
  if (!Array.isArray(value) || value.length === 0 || value.length > limits.certificates) {
    throw malformed("the document has no issuers, or too many");
  }
  return value.map(readCertificate);
}

function readCertificate(value: unknown): Uint8Array {
  if (!isBytes(value) || value.length === 0 || value.length > limits.certificate) {
    throw malformed("a certificate of the document is none");
  }
  return value;
}

function readOptional(map: CborMap, key: string): Uint8Array | undefined {
  const value = map.get(key) ?? undefined;
  if (value !== undefined && (!isBytes(value) || value.length > limits.optional)) {
    throw malformed(`${key} is no byte string, or too long`);
  }
  return value;
}
