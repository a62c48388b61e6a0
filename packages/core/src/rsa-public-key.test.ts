// SPDX-License-Identifier: Apache-2.0
import { createPublicKey, generateKeyPairSync } from "node:crypto";
import { expect, it } from "@jest/globals";
import { isSoundRsaKey } from "./rsa-public-key.ts";

const jwkOf = (modulusLength: number, publicExponent = 65_537) =>
  generateKeyPairSync("rsa", { modulusLength, publicExponent }).publicKey.export({ format: "jwk" });
const good = jwkOf(2_048);
const number = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64url");
const even = Buffer.from(good.n ?? "", "base64url");
even[255] = (even[255] ?? 0) & 0xfe;

it.each([
  ["of 2048 bits", good, true],
  ["with exponent 3", jwkOf(2_048, 3), true],
  ["with an exponent of 32 bits", { ...good, e: number(Buffer.alloc(4, 0xff)) }, true],
  ["of 1024 bits", jwkOf(1_024), false],
  ["of more than 8192 bits", { ...good, n: number(Buffer.alloc(1_025, 0xff)) }, false],
  ["with exponent 0", { ...good, e: "AA" }, false],
  ["with exponent 1", { ...good, e: "AQ" }, false],
  ["with exponent 2", { ...good, e: "Ag" }, false],
  ["with an even exponent", { ...good, e: number(Buffer.from([1, 0, 0])) }, false],
  ["with an exponent of 33 bits", { ...good, e: number(Buffer.from([1, 0, 0, 0, 1])) }, false],
  ["with its modulus for exponent", { ...good, e: good.n }, false],
  ["with an even modulus", { ...good, n: number(even) }, false],
])("an RSA key %s is sound: %#", (_name, jwk, isSound) => {
  const key = createPublicKey({ key: jwk as never, format: "jwk" });
  expect(isSoundRsaKey(key)).toBe(isSound);
});

it.each(["ed25519", "rsa-pss"] as const)("a key of type %s is none", (type) => {
  const { publicKey } =
    type === "ed25519"
      ? generateKeyPairSync(type)
      : generateKeyPairSync(type, { modulusLength: 2_048 });
  expect(isSoundRsaKey(publicKey)).toBe(false);
});
