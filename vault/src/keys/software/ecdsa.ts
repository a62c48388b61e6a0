// SPDX-License-Identifier: Apache-2.0
/**
 * ECDSA over a digest (FIPS 186-5 section 6.4), r || s, by an OpenSSL that hashes what it signs.
 *
 * Node's interface offers ECDSA over messages only. Let e be the digest, h the hash of a random message, t = h/e.
 * What OpenSSL signs for that message with the key t·d is (r, s) with s = (h + r·t·d)/k = t·(e + r·d)/k, so
 * (r, s/t) is a signature of e with d. Verifying goes the same way with the point t·Q. All that is done with d is one
 * multiplication modulo the order, in constant time and by a number that no caller knows; curve arithmetic and the
 * nonce stay OpenSSL's.
 */

import { createHash, type KeyObject, randomBytes, sign, verify } from "node:crypto";
import { concatBytes, SecretBytes, StrongroomError } from "@strongroom/core";
import type { Curve } from "./curves.ts";
import { multiplyPoint } from "./ec-point.ts";
import { privateKeyOfScalar, scalarOf } from "./ec-private-key.ts";
import { invertModulo, toFixedBytes, toInteger } from "./integers.ts";
import { multiplyModulo } from "./modular-product.ts";

const dsaEncoding = "ieee-p1363";

/** Bytes of the random message that OpenSSL hashes. */
const messageBytes = 32;

/** Signs a digest as long as the curve's hash. @throws {StrongroomError} `BadParameter` if it is zero modulo the order. */
export function signEcdsa(curve: Curve, key: KeyObject, digest: Uint8Array): Uint8Array {
  const { message, factor } = twist(curve, digest);
  using scalar = scalarOf(curve, key);
  using twisted = new SecretBytes(multiplyModulo(scalar.reveal(), factor, curve.order));
  const signature = sign(curve.hash, message, {
    key: privateKeyOfScalar(curve, twisted.reveal()),
    dsaEncoding,
  });
  const s = toInteger(signature.subarray(curve.bytes));
  const untwisted = (s * invertModulo(factor, curve.order)) % curve.order;
  return concatBytes(signature.subarray(0, curve.bytes), toFixedBytes(untwisted, curve.bytes));
}

/** Whether `signature` is one of `digest`; everything here is public. */
export function verifyEcdsa(
  curve: Curve,
  publicKey: KeyObject,
  digest: Uint8Array,
  signature: Uint8Array,
): boolean {
  if (signature.length !== 2 * curve.bytes) {
    return false;
  }
  const r = toInteger(signature.subarray(0, curve.bytes));
  const s = toInteger(signature.subarray(curve.bytes));
  // Before s is multiplied: reduction would hide that it was not reduced.
  if (r === 0n || r >= curve.order || s === 0n || s >= curve.order) {
    return false;
  }
  const { message, factor } = twist(curve, digest);
  const twisted = concatBytes(
    signature.subarray(0, curve.bytes),
    toFixedBytes((s * factor) % curve.order, curve.bytes),
  );
  const key = multiplyPoint(curve, publicKey, factor);
  return verify(curve.hash, message, { key, dsaEncoding }, twisted);
}

/** A random message and t = h/e. */
function twist(curve: Curve, digest: Uint8Array) {
  const e = toInteger(digest) % curve.order;
  if (e === 0n) {
    throw new StrongroomError("BadParameter", "the digest is zero modulo the order of the curve");
  }
  const message = randomBytes(messageBytes);
  // No hash is longer than its curve's order, so FIPS 186-5's truncation takes nothing away.
  const h = toInteger(createHash(curve.hash).update(message).digest());
  return { message, factor: (h * invertModulo(e, curve.order)) % curve.order };
}
