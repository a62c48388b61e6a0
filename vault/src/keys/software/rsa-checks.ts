// SPDX-License-Identifier: Apache-2.0
/** Checks of an RSA key that somebody else made: a key that is inconsistent or weak is not taken in. SP 800-56B rev 2, 6.4. */

import { checkPrime } from "node:crypto";
import { promisify } from "node:util";
import { StrongroomError } from "@strongroom/core";
import { bitLength } from "./integers.ts";

/** The numbers of an RSA private key, RFC 8017 section 3.2. */
export interface RsaNumbers {
  readonly n: bigint;
  readonly e: bigint;
  readonly d: bigint;
  readonly p: bigint;
  readonly q: bigint;
  readonly dp: bigint;
  readonly dq: bigint;
  readonly qi: bigint;
}

/** Largest public exponent: what OpenSSL makes keys with, and every token takes. */
export const maxPublicExponent = 0xffff_ffff;

const isPrime = promisify(checkPrime);

/** @throws {StrongroomError} `BadParameter` unless the exponent is odd and from 3 to 2^32 - 1. */
export function requireExponent(e: bigint): void {
  if (e < 3n || e > BigInt(maxPublicExponent) || e % 2n === 0n) {
    throw weak("the public exponent is even, too small or too large");
  }
}

/** @throws {StrongroomError} `BadParameter` unless the numbers are one sound key. */
export async function requireSoundRsa(key: RsaNumbers): Promise<void> {
  requireExponent(key.e);
  if (!isConsistent(key)) {
    throw weak("the members of the RSA key do not belong together");
  }
  if (!isBalanced(key) || hasRocaFingerprint(key.n)) {
    throw weak("the RSA key is weak");
  }
  const primes = await Promise.all([isPrime(key.p), isPrime(key.q)]);
  if (primes.includes(false)) {
    throw weak("a factor of the RSA key is not prime");
  }
}

function isConsistent({ n, e, d, p, q, dp, dq, qi }: RsaNumbers): boolean {
  return (
    p > 1n &&
    q > 1n &&
    p * q === n &&
    d < n &&
    (e * d) % (p - 1n) === 1n &&
    (e * d) % (q - 1n) === 1n &&
    dp === d % (p - 1n) &&
    dq === d % (q - 1n) &&
    qi < p &&
    (qi * q) % p === 1n
  );
}

// Factors of half the length each, not close to each other (Fermat), and no short private exponent (Wiener, Boneh-Durfee).
function isBalanced({ n, d, p, q }: RsaNumbers): boolean {
  const half = bitLength(n) / 2;
  const distance = bitLength(p > q ? p - q : q - p);
  return (
    bitLength(p) === half && bitLength(q) === half && distance > half - 100 && bitLength(d) > half
  );
}

const rocaPrimes = [11, 13, 17, 19, 37, 53, 61, 71, 73, 79, 97, 103, 107, 109, 127, 151, 157];

/** Whether n is a power of 65537 modulo each of these primes: keys of CVE-2017-15361 are, others almost never. */
function hasRocaFingerprint(n: bigint): boolean {
  return rocaPrimes.every((prime) => powersOfF4(prime).has(Number(n % BigInt(prime))));
}

function powersOfF4(prime: number): ReadonlySet<number> {
  const powers = new Set<number>();
  for (let power = 1; !powers.has(power); power = (power * 65_537) % prime) {
    powers.add(power);
  }
  return powers;
}

function weak(message: string): StrongroomError {
  return new StrongroomError("BadParameter", message);
}
