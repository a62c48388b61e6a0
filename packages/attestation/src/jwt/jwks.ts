// SPDX-License-Identifier: Apache-2.0
/** An issuer's key set, as its configuration or endorsement has it. RFC 7517, section 5. */

import { createPublicKey, type KeyObject, X509Certificate } from "node:crypto";
import { malformed } from "../byte-reader.ts";
import { isJsonObject, type JsonObject, parseStrictJson } from "../strict-json.ts";

/** A key; its identifier and algorithm where the set states them. */
export interface JwksKey {
  readonly kid: string | undefined;
  readonly alg: string | undefined;
  readonly key: KeyObject;
}

/** Keys of one set. */
const most = 64;

/** Bytes of one set: Azure Attestation's certificates hold quotes of their keys. */
const longest = 1_048_576;

/**
 * Reads a set, or one key. Keys for encryption, and of kinds that no algorithm here uses, are left out.
 *
 * @throws {StrongroomError} `EvidenceMalformed` if it is none, or one of its keys is broken.
 */
export function parseJwks(bytes: Uint8Array): readonly JwksKey[] {
  const json = parseStrictJson(bytes, longest);
  const list = isJsonObject(json) ? (json["keys"] ?? [json]) : undefined;
  if (!Array.isArray(list) || list.length > most) {
    throw malformed("not a key set");
  }
  return list.filter(isJsonObject).filter(isForSigning).map(toKey);
}

function isForSigning({ kty, use, x5c }: JsonObject): boolean {
  const isKnown = kty === "RSA" || kty === "EC" || (kty === undefined && x5c !== undefined);
  return isKnown && (use === undefined || use === "sig");
}

function toKey(jwk: JsonObject): JwksKey {
  const { kid, alg } = jwk;
  return {
    kid: typeof kid === "string" ? kid : undefined,
    alg: typeof alg === "string" ? alg : undefined,
    key: importKey(jwk),
  };
}

// Azure Attestation's sets have the key in a certificate alone; chains that were kept for later have not even a kind. The set is trusted as a whole, the certificate only
// as a way to write the key.
function importKey({ kty, n, e, crv, x, y, x5c }: JsonObject): KeyObject {
  try {
    const [certificate]: readonly unknown[] = Array.isArray(x5c) ? x5c : [];
    if (n === undefined && x === undefined && typeof certificate === "string") {
      return new X509Certificate(Buffer.from(certificate, "base64")).publicKey;
    }
    const members = kty === "RSA" ? { kty, n, e } : { kty, crv, x, y };
    return createPublicKey({ key: members as Record<string, string>, format: "jwk" });
  } catch (cause) {
    throw malformed("a key of the set is none", cause);
  }
}
