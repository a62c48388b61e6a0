// SPDX-License-Identifier: Apache-2.0
import { createHash, createPublicKey, generateKeyPairSync, sign, verify } from "node:crypto";
import { expect, test } from "@jest/globals";
import { curves } from "./curves.ts";
import { signEcdsa, verifyEcdsa } from "./ecdsa.ts";
import { toFixedBytes, toInteger } from "./integers.ts";

const dsaEncoding = "ieee-p1363";
const every = Object.values(curves).map((curve) => ({ name: curve.openssl, curve }));

test.each(every)(
  "OpenSSL verifies over the message what was signed over its digest: $name",
  ({ curve }) => {
    const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: curve.openssl });
    for (let i = 0; i < 20; i += 1) {
      const message = Buffer.from(`message ${i}`);
      const signature = signEcdsa(
        curve,
        privateKey,
        createHash(curve.hash).update(message).digest(),
      );
      expect(verify(curve.hash, message, { key: publicKey, dsaEncoding }, signature)).toBe(true);
    }
  },
);

test.each(every)(
  "verifies over the digest what OpenSSL signed over the message, and nothing else: $name",
  ({ curve }) => {
    const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: curve.openssl });
    const other = generateKeyPairSync("ec", { namedCurve: curve.openssl });
    for (let i = 0; i < 20; i += 1) {
      const message = Buffer.from(`message ${i}`);
      const digest = createHash(curve.hash).update(message).digest();
      const signature = sign(curve.hash, message, { key: privateKey, dsaEncoding });
      expect(verifyEcdsa(curve, publicKey, digest, signature)).toBe(true);
      expect(verifyEcdsa(curve, other.publicKey, digest, signature)).toBe(false);
      expect(verifyEcdsa(curve, publicKey, createHash(curve.hash).digest(), signature)).toBe(false);
    }
  },
);

// The way over a multiple of the public key must not forget the sign of a coordinate.
test("does not verify with the negated public key", () => {
  const curve = curves["P-256"];
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: curve.openssl });
  const jwk = privateKey.export({ format: "jwk" });
  const y = curve.prime - toInteger(Buffer.from(String(jwk.y), "base64url"));
  const negated = {
    kty: "EC",
    crv: "P-256",
    x: String(jwk.x),
    y: Buffer.from(toFixedBytes(y, 32)).toString("base64url"),
  };
  const digest = createHash(curve.hash).update("message").digest();
  const signature = signEcdsa(curve, privateKey, digest);
  const key = createPublicKey({ key: negated, format: "jwk" });
  expect(verifyEcdsa(curve, key, digest, signature)).toBe(false);
});

test.each(every)("refuses a digest that is zero modulo the order: $name", ({ curve }) => {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: curve.openssl });
  expect(() => signEcdsa(curve, privateKey, new Uint8Array(32))).toThrow(
    "the digest is zero modulo the order of the curve",
  );
});

test("two signatures of one digest differ: the nonce is fresh", () => {
  const curve = curves["P-384"];
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: curve.openssl });
  const digest = createHash(curve.hash).update("message").digest();
  expect(signEcdsa(curve, privateKey, digest)).not.toEqual(signEcdsa(curve, privateKey, digest));
});
