// SPDX-License-Identifier: Apache-2.0
import {
  checkPrimeSync,
  createHash,
  generateKeyPairSync,
  generatePrimeSync,
  type KeyObject,
} from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import { signatureAlgorithms } from "../algorithms.ts";
import type { KeyType } from "../key-type.ts";
import { publicJwk } from "../public-jwk.ts";
import { generateSoftwareKey } from "./generate-key.ts";
import { importJwk, type PrivateJwk } from "./import-jwk.ts";
import { invertModulo, toFixedBytes, toInteger } from "./integers.ts";
import { signInSoftware, verifyInSoftware } from "./operations.ts";
import { openPrivateKey, openPublicKey } from "./private-key.ts";

const ec = (namedCurve: string, crv: string): PrivateJwk => ({
  ...jwkOf(generateKeyPairSync("ec", { namedCurve }).privateKey),
  kty: "EC",
  crv,
});
const rsa = (): PrivateJwk => ({
  ...jwkOf(generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey),
  kty: "RSA",
});

test.each([
  ["ec-p256", "ES256"],
  ["ec-p384", "ES384"],
  ["ec-p521", "ES512"],
  ["ec-p256k", "ES256K"],
  ["rsa-2048", "PS256"],
  ["ml-dsa-65", "ML-DSA-65"],
] as const)("a key that was made signs, and its public JWK verifies: %s", async (type, name) => {
  const { material, publicKey } = await generateSoftwareKey(type);
  const algorithm = signatureAlgorithms[name];
  const hash = "hash" in algorithm ? algorithm.hash : "sha256";
  const request = { algorithm, value: createHash(hash).update("message").digest() };
  const signature = signInSoftware(openPrivateKey(type, material.reveal()), request);
  expect(verifyInSoftware(openPublicKey(publicKey), request, signature)).toBe(true);
  expect(Object.keys(publicJwk(type, publicKey)).length).toBeGreaterThan(1);
});

test.each([
  ["P-256", "prime256v1", "ec-p256"],
  ["P-384", "secp384r1", "ec-p384"],
  ["P-521", "secp521r1", "ec-p521"],
  ["P-256K", "secp256k1", "ec-p256k"],
] as const)("takes in an EC key: %s", async (crv, curve, type: KeyType) => {
  const jwk = ec(curve, crv);
  const taken = await importJwk(jwk);
  expect(taken.type).toBe(type);
  expect(publicJwk(taken.type, taken.publicKey)).toEqual({ crv, x: jwk["x"], y: jwk["y"] });
});

test("takes in an RSA key whose numbers begin with zero bytes", async () => {
  const jwk = rsa();
  const taken = await importJwk({ ...jwk, n: padded(jwk["n"]), d: padded(jwk["d"]) });
  expect(publicJwk(taken.type, taken.publicKey)).toEqual({ n: jwk["n"], e: "AQAB" });
});

test("takes in an AES key and an AKP key", async () => {
  const oct = await importJwk({ kty: "oct", k: Buffer.alloc(24, 7).toString("base64url") });
  expect([oct.type, oct.material.reveal()]).toEqual(["aes-192", new Uint8Array(24).fill(7)]);
  const padded = await importJwk({ kty: "oct", k: Buffer.alloc(32, 0xfb).toString("base64") });
  expect(padded.material.reveal()).toEqual(new Uint8Array(32).fill(0xfb));
  const jwk = jwkOf(generateKeyPairSync("ml-dsa-87", {}).privateKey);
  const akp = await importJwk({ ...jwk, kty: "AKP" });
  expect(publicJwk(akp.type, akp.publicKey)).toEqual({ alg: "ML-DSA-87", pub: jwk["pub"] });
});

describe("refuses", () => {
  test("a point that is not on the curve", async () => {
    const jwk = ec("prime256v1", "P-256");
    await refused({ ...jwk, y: changed(jwk["y"]) });
  });

  test("a point that is another key's", async () => {
    const { x, y } = ec("prime256v1", "P-256");
    await refused({ ...ec("prime256v1", "P-256"), x, y });
  });

  test("a scalar that is zero, or not below the order", async () => {
    const jwk = ec("prime256v1", "P-256");
    await refused({ ...jwk, d: Buffer.alloc(32).toString("base64url") });
    await refused({ ...jwk, d: Buffer.alloc(32, 0xff).toString("base64url") });
  });

  test("a key of another curve, and curves that are not offered", async () => {
    await refused({ ...ec("prime256v1", "P-256"), crv: "P-256K" });
    await refused({ ...ec("prime256v1", "P-256"), crv: "secp256k1" });
  });

  test("an RSA key with a part that is another key's", async () => {
    const [jwk, other] = [rsa(), rsa()];
    for (const name of ["n", "d", "p", "q", "dp", "dq", "qi"]) {
      await refused({ ...jwk, [name]: other[name] });
    }
  });

  test("an even exponent, and one", async () => {
    const jwk = rsa();
    await refused({ ...jwk, e: Buffer.from([4]).toString("base64url") });
    await refused({ ...jwk, e: Buffer.from([1]).toString("base64url") });
  });

  test("an RSA key of 1024 bits, or with three factors", async () => {
    const short = generateKeyPairSync("rsa", { modulusLength: 1024 }).privateKey;
    await refused({ ...jwkOf(short), kty: "RSA" });
    await refused({ ...rsa(), oth: [{ r: "AQAB", d: "AQAB", t: "AQAB" }] });
  });

  test("an RSA key whose factors are close to each other", async () => {
    const p = primeWithTopBits();
    await refused(rsaOf(p, nextPrime(p)));
  });

  test("an RSA key with a factor that is not prime", async () => {
    await refused(rsaOf(primeWithTopBits(), primeWithTopBits(512) * primeWithTopBits(512)));
  });

  test("AES keys of other lengths, and an AKP key with another's public part", async () => {
    await refused({ kty: "oct", k: Buffer.alloc(20).toString("base64url") });
    const [one, two] = [akp(), akp()];
    await refused({ ...one, kty: "AKP", pub: two["pub"] });
  });

  test("members that are missing, or not base64url", async () => {
    await refused({ kty: "oct" });
    await refused({ ...rsa(), qi: undefined });
    await refused({ ...ec("prime256v1", "P-256"), d: "not base64url!" });
  });
});

async function refused(jwk: PrivateJwk): Promise<void> {
  await expect(importJwk(jwk)).rejects.toMatchObject({ code: "BadParameter" });
}

function jwkOf(key: KeyObject): Record<string, unknown> {
  return { ...key.export({ format: "jwk" }) };
}

function akp(): Record<string, unknown> {
  return jwkOf(generateKeyPairSync("ml-dsa-44", {}).privateKey);
}

function padded(value: unknown): string {
  return Buffer.concat([Buffer.alloc(2), Buffer.from(String(value), "base64url")]).toString(
    "base64url",
  );
}

function changed(value: unknown): string {
  const bytes = Buffer.from(String(value), "base64url");
  bytes[5] = (bytes[5] ?? 0) ^ 1;
  return bytes.toString("base64url");
}

/** A consistent RSA key of two given factors. */
function rsaOf(p: bigint, q: bigint): PrivateJwk {
  const e = 65_537n;
  const d = invertModulo(e, (p - 1n) * (q - 1n));
  const numbers = {
    n: p * q,
    e,
    d,
    p,
    q,
    dp: d % (p - 1n),
    dq: d % (q - 1n),
    qi: invertModulo(q, p),
  };
  const members = Object.entries(numbers).map(([name, value]) => {
    const bytes = toFixedBytes(value, Math.ceil(value.toString(16).length / 2));
    return [name, Buffer.from(bytes).toString("base64url")];
  });
  return { kty: "RSA", ...Object.fromEntries(members) };
}

function primeWithTopBits(bits = 1024): bigint {
  for (;;) {
    const prime = toInteger(Buffer.from(generatePrimeSync(bits)));
    if (prime >> BigInt(bits - 2) === 3n && prime % 65_537n !== 1n) {
      return prime;
    }
  }
}

/** The next prime above an odd number. */
function nextPrime(p: bigint): bigint {
  let candidate = p + 2n;
  while (!checkPrimeSync(candidate)) {
    candidate += 2n;
  }
  return candidate;
}
