// SPDX-License-Identifier: Apache-2.0
/** An issuer's keys in what people have: a key set, one key, a public key or certificates in PEM, a certificate in DER. */

import { createPrivateKey, createPublicKey, type KeyObject, X509Certificate } from "node:crypto";
import { malformed } from "../byte-reader.ts";
import { asAscii } from "../text-encodings.ts";
import { parsePemBlocks } from "../x509/pem.ts";
import { type JwksKey, parseJwks } from "./jwks.ts";

/** Forms of public keys by the labels of their blocks. RFC 7468, section 13; RFC 8017, appendix A.1.1. */
const keyTypes = new Map([
  ["PUBLIC KEY", "spki"],
  ["RSA PUBLIC KEY", "pkcs1"],
] as const) as ReadonlyMap<string, "spki" | "pkcs1">;

/** Private keys, of which the public half is read: examples come with no other. RFC 5915; RFC 5958. */
const privateTypes = new Map([
  ["EC PRIVATE KEY", "sec1"],
  ["RSA PRIVATE KEY", "pkcs1"],
  ["PRIVATE KEY", "pkcs8"],
] as const) as ReadonlyMap<string, "sec1" | "pkcs1" | "pkcs8">;

/** @throws {StrongroomError} `EvidenceMalformed` if the file has no key. */
export function readIssuerKeys(file: Uint8Array): readonly JwksKey[] {
  const text = asAscii(file)?.trim();
  const keys = text?.startsWith("{") === true ? parseJwks(file) : readKeys(file, text);
  if (keys.length === 0) {
    throw malformed("no key of an issuer");
  }
  return keys;
}

function readKeys(file: Uint8Array, text: string | undefined): readonly JwksKey[] {
  const ders = text === undefined ? [{ label: "CERTIFICATE", der: file }] : parsePemBlocks(text);
  const keys = ders.flatMap(({ label, der }) => toKey(label, der));
  return keys.map((key) => ({ kid: undefined, alg: undefined, key }));
}

// Of a chain the first certificate has the issuer's key, which nothing says: the file is trusted as a whole.
function toKey(label: string, der: Uint8Array): readonly KeyObject[] {
  try {
    if (label === "CERTIFICATE") {
      return [new X509Certificate(der).publicKey];
    }
    return toPublicKey(label, { key: Buffer.from(der), format: "der" });
  } catch (cause) {
    throw malformed("a key of an issuer is none", cause);
  }
}

function toPublicKey(
  label: string,
  input: { readonly key: Buffer; readonly format: "der" },
): readonly KeyObject[] {
  const type = keyTypes.get(label);
  if (type !== undefined) {
    return [createPublicKey({ ...input, type })];
  }
  const privateType = privateTypes.get(label);
  return privateType === undefined
    ? []
    : [createPublicKey(createPrivateKey({ ...input, type: privateType }))];
}
