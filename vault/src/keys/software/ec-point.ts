// SPDX-License-Identifier: Apache-2.0
/** A public point times a public number, by what node:crypto has: ECDH, which gives x coordinates only. */

import { createECDH, createPublicKey, ECDH, type KeyObject } from "node:crypto";
import { concatBytes, fromBase64url, StrongroomError, toBase64url } from "@strongroom/core";
import type { Curve } from "./curves.ts";
import { toFixedBytes, toInteger } from "./integers.ts";

/** A point that is not the neutral one. */
export interface Point {
  readonly x: bigint;
  readonly y: bigint;
}

const uncompressed = 0x04;
const compressedEven = 0x02;

/** Point of a public key. */
export function pointOf(publicKey: KeyObject): Point {
  const { x, y } = publicKey.export({ format: "jwk" });
  return { x: toInteger(fromBase64url(x ?? "")), y: toInteger(fromBase64url(y ?? "")) };
}

/** Public key of a point. @throws {StrongroomError} `BadParameter` unless it is on the curve. */
export function publicKeyOfPoint(curve: Curve, { x, y }: Point): KeyObject {
  try {
    const coordinate = (value: bigint) => toBase64url(toFixedBytes(value, curve.bytes));
    const key = { kty: "EC", crv: curve.jwk, x: coordinate(x), y: coordinate(y) };
    return createPublicKey({ key, format: "jwk" });
  } catch (cause) {
    throw new StrongroomError("BadParameter", "the point is not on the curve", { cause });
  }
}

/**
 * `publicKey` x `factor`, where `factor` is random between 2 and the order less 2.
 *
 * The x coordinate leaves two points. The right one is the one that, added to the public key, gives the x coordinate
 * of (factor + 1) times it.
 */
export function multiplyPoint(curve: Curve, publicKey: KeyObject, factor: bigint): KeyObject {
  const base = pointOf(publicKey);
  const x = multipleX(curve, base, factor);
  const y = evenY(curve, x);
  const candidate = { x, y };
  const isRight = addsTo(curve, base, candidate, multipleX(curve, base, factor + 1n));
  return publicKeyOfPoint(curve, isRight ? candidate : { x, y: curve.prime - y });
}

function multipleX(curve: Curve, point: Point, factor: bigint): bigint {
  const exchange = createECDH(curve.openssl);
  exchange.setPrivateKey(toFixedBytes(factor, curve.bytes));
  return toInteger(exchange.computeSecret(encode(curve, point)));
}

function evenY(curve: Curve, x: bigint): bigint {
  const compressed = concatBytes(new Uint8Array([compressedEven]), toFixedBytes(x, curve.bytes));
  const whole = ECDH.convertKey(compressed, curve.openssl, undefined, undefined, "uncompressed");
  return toInteger(new Uint8Array(whole as Buffer).subarray(1 + curve.bytes));
}

/** Whether a + b has x coordinate `x`: the addition formula (SEC 1 section 2.2.1), multiplied out so that nothing is inverted. */
function addsTo(curve: Curve, a: Point, b: Point, x: bigint): boolean {
  const dx = b.x - a.x;
  const dy = b.y - a.y;
  return ((x + a.x + b.x) * dx * dx - dy * dy) % curve.prime === 0n;
}

function encode(curve: Curve, { x, y }: Point): Uint8Array {
  return concatBytes(
    new Uint8Array([uncompressed]),
    toFixedBytes(x, curve.bytes),
    toFixedBytes(y, curve.bytes),
  );
}
