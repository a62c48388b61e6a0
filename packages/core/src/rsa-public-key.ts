// SPDX-License-Identifier: Apache-2.0
/** RSA public keys that somebody else brings, and that something is encrypted to. SP 800-56B revision 2, section 6.4.2. */

import type { KeyObject } from "node:crypto";

/** Bits of the modulus. */
const [leastBits, mostBits] = [2048, 8192];
/** Largest exponent: what OpenSSL makes keys with, and every token takes. */
const mostExponent = 0xffff_ffffn;

/**
 * Whether it is such a key: of 2048 to 8192 bits, with an odd modulus, and an odd exponent from 3 to 2^32 - 1.
 *
 * With the exponent 1 everybody reads what was encrypted; with 0, or an even modulus, some tokens end the process.
 */
export function isSoundRsaKey(key: KeyObject): boolean {
  if (key.asymmetricKeyType !== "rsa") {
    return false;
  }
  const { modulusLength = 0, publicExponent = 0n } = key.asymmetricKeyDetails ?? {};
  const hasGoodExponent =
    publicExponent >= 3n && publicExponent <= mostExponent && publicExponent % 2n === 1n;
  return (
    modulusLength >= leastBits && modulusLength <= mostBits && hasGoodExponent && hasOddModulus(key)
  );
}

function hasOddModulus(key: KeyObject): boolean {
  const { n = "" } = key.export({ format: "jwk" });
  return ((Buffer.from(n, "base64url").at(-1) ?? 0) & 1) === 1;
}
