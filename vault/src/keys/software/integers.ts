// SPDX-License-Identifier: Apache-2.0
/** Integers of any size, for public numbers and one-time checks: BigInt's time depends on its values. */

import { toHex } from "@strongroom/core";

/** The integer of big-endian bytes. */
export function toInteger(bytes: Uint8Array): bigint {
  return bytes.length === 0 ? 0n : BigInt(`0x${toHex(bytes)}`);
}

/** `length` big-endian bytes of a non-negative integer that fits. */
export function toFixedBytes(value: bigint, length: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(value.toString(16).padStart(length * 2, "0"), "hex"));
}

/** The inverse of `value` modulo `modulus`, which have no common divisor; extended Euclid. */
export function invertModulo(value: bigint, modulus: bigint): bigint {
  let [a, b] = [modulus, value % modulus];
  let [x, y] = [0n, 1n];
  while (b !== 0n) {
    const quotient = a / b;
    [a, b] = [b, a - quotient * b];
    [x, y] = [y, x - quotient * y];
  }
  return x < 0n ? x + modulus : x;
}

/** Bits of a non-negative integer. */
export function bitLength(value: bigint): number {
  return value === 0n ? 0 : value.toString(2).length;
}
