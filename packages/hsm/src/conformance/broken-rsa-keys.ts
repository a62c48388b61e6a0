// SPDX-License-Identifier: Apache-2.0
/** RSA private keys whose numbers do not belong together, each in its own way: RFC 8017 appendix A.1.2, in PKCS #8. */

import { generateKeyPairSync } from "node:crypto";
import { concatBytes, fromBase64url, fromHex } from "@strongroom/core";

const names = ["n", "e", "d", "p", "q", "dp", "dq", "qi"] as const;

type Numbers = Readonly<Record<(typeof names)[number], bigint>>;

const zeros = Object.fromEntries(names.map((name) => [name, 0n])) as unknown as Numbers;

/** PKCS #8 (DER) by what is wrong with it. */
export function brokenRsaKeys(modulusLength = 2048): readonly (readonly [string, Uint8Array])[] {
  const right = rsaNumbers(modulusLength);
  const { n, e, d, p, dp, dq, qi } = right;
  const wrong: Readonly<Record<string, Partial<Numbers>>> = {
    "another modulus": { n: n + 2n },
    "an even modulus": { n: n - 1n },
    "no modulus": { n: 0n },
    "a modulus of one": { n: 1n },
    "a modulus of one factor": { n: p },
    "another exponent": { e: 3n },
    "an even exponent": { e: e - 1n },
    "an exponent of one": { e: 1n },
    "no exponent": { e: 0n },
    "another private exponent": { d: d + 2n },
    "no private exponent": { d: 0n, dp: 0n, dq: 0n },
    "another first factor": { p: p + 2n },
    "no factors": { p: 0n, q: 0n },
    "factors of one": { p: 1n, q: 1n },
    "one factor of one": { p: 1n, q: n },
    "the first factor twice": { q: p },
    "exponents for other factors": { dp: dq, dq: dp },
    "another first exponent": { dp: dp + 2n },
    "no exponents for the factors": { dp: 0n, dq: 0n },
    "another coefficient": { qi: qi + 1n },
    "no coefficient": { qi: 0n },
    "nothing but zeros": zeros,
  };
  return Object.entries(wrong).map(([what, change]) => [what, toPkcs8({ ...right, ...change })]);
}

function rsaNumbers(modulusLength: number): Numbers {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength });
  const jwk = privateKey.export({ format: "jwk" });
  const number = (name: (typeof names)[number]) =>
    BigInt(`0x${Buffer.from(fromBase64url(jwk[name] ?? "")).toString("hex")}`);
  return Object.fromEntries(names.map((name) => [name, number(name)])) as unknown as Numbers;
}

/** AlgorithmIdentifier of rsaEncryption, with its NULL. */
const rsaEncryption = fromHex("300d06092a864886f70d0101010500");

function toPkcs8(numbers: Numbers): Uint8Array {
  const key = der(0x30, integer(0n), ...names.map((name) => integer(numbers[name])));
  return der(0x30, integer(0n), rsaEncryption, der(0x04, key));
}

function integer(value: bigint): Uint8Array {
  const hex = value.toString(16);
  const bytes = fromHex(hex.length % 2 === 1 ? `0${hex}` : hex);
  return der(0x02, new Uint8Array((bytes[0] ?? 0) > 0x7f ? 1 : 0), bytes);
}

function der(identifier: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const content = concatBytes(...parts);
  const { length } = content;
  const long = [0x82, length >> 8, length & 0xff];
  return concatBytes(new Uint8Array([identifier, ...(length < 0x80 ? [length] : long)]), content);
}
