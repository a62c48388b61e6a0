// SPDX-License-Identifier: Apache-2.0
/**
 * A product of a secret and a factor modulo an odd number, in time that depends on neither.
 *
 * Montgomery multiplication (coarsely integrated operand scanning) over limbs of 15 bits: every intermediate value
 * fits 31 bits, so that it is one machine integer, and no branch looks at one. BigInt promises none of that, and its
 * values cannot be wiped.
 */

const limbBits = 15;
const limbMask = 0x7fff;

/**
 * `secret` x `factor` mod `modulus`.
 *
 * @param secret Big-endian, as many bytes as the modulus has, below it; the caller wipes it.
 * @param factor Below the modulus; it may be public.
 * @returns As many bytes as `secret`; the caller wipes them.
 */
export function multiplyModulo(
  secret: Uint8Array,
  factor: bigint,
  modulus: bigint,
): Uint8Array<ArrayBuffer> {
  const count = Math.ceil((secret.length * 8) / limbBits) + 1;
  const radix = 1n << BigInt(count * limbBits);
  const a = toLimbs(secret, count);
  // One factor in Montgomery form cancels the division by the radix.
  const b = integerToLimbs((factor * radix) % modulus, count);
  const n = integerToLimbs(modulus, count);
  const product = montgomeryProduct(a, b, n);
  const bytes = fromLimbs(product, secret.length);
  a.fill(0);
  product.fill(0);
  return bytes;
}

function montgomeryProduct(a: Int32Array, b: Int32Array, n: Int32Array): Int32Array {
  const count = n.length;
  const inverse = negativeInverse(at(n, 0));
  const t = new Int32Array(count + 2);
  for (let i = 0; i < count; i += 1) {
    addProduct(t, a, at(b, i));
    addProduct(t, n, Math.imul(at(t, 0), inverse) & limbMask);
    // The lowest limb is zero now.
    t.copyWithin(0, 1);
    t[count + 1] = 0;
  }
  const reduced = subtractOnce(t, n);
  t.fill(0);
  return reduced;
}

/** t += a x limb. */
function addProduct(t: Int32Array, a: Int32Array, limb: number): void {
  let carry = 0;
  for (let j = 0; j < a.length; j += 1) {
    const sum = at(t, j) + Math.imul(at(a, j), limb) + carry;
    t[j] = sum & limbMask;
    carry = sum >>> limbBits;
  }
  const top = at(t, a.length) + carry;
  t[a.length] = top & limbMask;
  t[a.length + 1] = at(t, a.length + 1) + (top >>> limbBits);
}

/** t - n where t is not below n, else t; both differences are computed, and a mask chooses. */
function subtractOnce(t: Int32Array, n: Int32Array): Int32Array {
  const difference = new Int32Array(n.length);
  let borrow = 0;
  for (let i = 0; i < n.length; i += 1) {
    const limb = at(t, i) - at(n, i) - borrow;
    difference[i] = limb & limbMask;
    borrow = (limb >>> 31) & 1;
  }
  const keep = -(borrow & (at(t, n.length) ^ 1));
  for (let i = 0; i < n.length; i += 1) {
    difference[i] = (at(t, i) & keep) | (at(difference, i) & ~keep);
  }
  return difference;
}

/** -n^-1 mod 2^15 by Newton's iteration: each step doubles the correct bits. */
function negativeInverse(n: number): number {
  let x = 1;
  for (let i = 0; i < 4; i += 1) {
    x = Math.imul(x, 2 - Math.imul(n, x)) & limbMask;
  }
  return -x & limbMask;
}

function toLimbs(bytes: Uint8Array, count: number): Int32Array {
  const limbs = new Int32Array(count);
  for (let bit = 0; bit < bytes.length * 8; bit += 1) {
    const value = ((bytes[bytes.length - 1 - (bit >> 3)] ?? 0) >> (bit & 7)) & 1;
    const limb = Math.trunc(bit / limbBits);
    limbs[limb] = at(limbs, limb) | (value << (bit % limbBits));
  }
  return limbs;
}

function fromLimbs(limbs: Int32Array, length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  for (let bit = 0; bit < length * 8; bit += 1) {
    const value = (at(limbs, Math.trunc(bit / limbBits)) >> (bit % limbBits)) & 1;
    const index = length - 1 - (bit >> 3);
    bytes[index] = (bytes[index] ?? 0) | (value << (bit & 7));
  }
  return bytes;
}

function integerToLimbs(value: bigint, count: number): Int32Array {
  const limbs = new Int32Array(count);
  for (let i = 0; i < count; i += 1) {
    limbs[i] = Number((value >> BigInt(i * limbBits)) & BigInt(limbMask));
  }
  return limbs;
}

function at(limbs: Int32Array, index: number): number {
  return limbs[index] ?? 0;
}
