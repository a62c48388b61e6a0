// SPDX-License-Identifier: Apache-2.0
/** Public keys as the token gives them, as SubjectPublicKeyInfo. RFC 5480, RFC 8017 appendix A.1.1. */

import { createPublicKey, type KeyObject, type webcrypto } from "node:crypto";
import { StrongroomError } from "@strongroom/core";
import { curves, type EcKeyType } from "../keys/key-types.ts";
import { readAttribute } from "./attributes.ts";
import type { Handle } from "./pkcs11.ts";
import type { Session } from "./primitives.ts";

/** The key of CKA_EC_POINT: the DER OCTET STRING of an uncompressed point; some tokens give the bare point. */
export function ecPublicKey(type: EcKeyType, attribute: Uint8Array): KeyObject {
  const { bytes, jwk } = curves[type];
  const point = attribute.subarray(Math.max(0, attribute.length - 1 - 2 * bytes));
  if (point.length !== 1 + 2 * bytes || point[0] !== 4) {
    throw unknownForm("elliptic curve point");
  }
  const [x, y] = [
    toBase64Url(point.subarray(1, 1 + bytes)),
    toBase64Url(point.subarray(1 + bytes)),
  ];
  return toKey({ kty: "EC", crv: jwk, x, y }, "elliptic curve point");
}

/** The key of an RSA object, public or private: both say modulus and public exponent. */
export function rsaPublicKey(session: Session, object: Handle): KeyObject {
  const read = (name: "CKA_MODULUS" | "CKA_PUBLIC_EXPONENT") =>
    toBase64Url(readAttribute(session.module, session.handle, object, name));
  const jwk = { kty: "RSA", n: read("CKA_MODULUS"), e: read("CKA_PUBLIC_EXPONENT") };
  return toKey(jwk, "RSA modulus");
}

/** SubjectPublicKeyInfo, DER. */
export function toSpki(key: KeyObject): Uint8Array {
  return key.export({ format: "der", type: "spki" });
}

function toBase64Url(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64url");
}

function toKey(jwk: webcrypto.JsonWebKey, what: string): KeyObject {
  try {
    return createPublicKey({ key: jwk, format: "jwk" });
  } catch (cause) {
    throw unknownForm(what, cause);
  }
}

function unknownForm(what: string, cause?: unknown): StrongroomError {
  return new StrongroomError("HsmRefused", `the token gave an ${what} of no known form`, { cause });
}
