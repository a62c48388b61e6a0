// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "@jest/globals";
import {
  encryptionAlgorithmFor,
  encryptionAlgorithms,
  legacyAlgorithms,
  signatureAlgorithmFor,
  signatureAlgorithms,
} from "./algorithms.ts";
import { type KeyType, keyShapes } from "./key-type.ts";

const signsWith: Readonly<Record<KeyType, readonly string[]>> = {
  "ec-p256": ["ES256"],
  "ec-p384": ["ES384"],
  "ec-p521": ["ES512"],
  "ec-p256k": ["ES256K"],
  "rsa-2048": rsaSignatures(),
  "rsa-3072": rsaSignatures(),
  "rsa-4096": rsaSignatures(),
  "aes-128": ["HS256", "HS384", "HS512"],
  "aes-192": ["HS256", "HS384", "HS512"],
  "aes-256": ["HS256", "HS384", "HS512"],
  "ml-dsa-44": ["ML-DSA-44"],
  "ml-dsa-65": ["ML-DSA-65"],
  "ml-dsa-87": ["ML-DSA-87"],
};

test.each(Object.keys(keyShapes) as KeyType[])(
  "signs with nothing but its own algorithms: %s",
  (type) => {
    const allowed = Object.keys(signatureAlgorithms).filter((name) =>
      allows(() => signatureAlgorithmFor(type, name)),
    );
    expect(allowed).toEqual(signsWith[type]);
  },
);

test("an AES key encrypts with algorithms of its length, and with those that name none", () => {
  const allowed = Object.keys(encryptionAlgorithms).filter((name) =>
    allows(() => encryptionAlgorithmFor("aes-192", name)),
  );
  expect(allowed).toEqual([
    "A192GCM",
    "A192CBC",
    "A192CBCPAD",
    "A192KW",
    "A192KWPAD",
    "CKM_AES_KEY_WRAP",
    "CKM_AES_KEY_WRAP_PAD",
  ]);
});

test.each(["none", "", "toString", "__proto__", "es256", "RS1"])(
  "knows no algorithm %j",
  (name) => {
    expect(() => signatureAlgorithmFor("rsa-2048", name)).toThrow("does not sign");
    expect(() => encryptionAlgorithmFor("rsa-2048", name)).toThrow("does not encrypt");
  },
);

test("what a vault has to opt in to is named", () => {
  expect([...legacyAlgorithms]).toEqual(["RSA1_5", "RSNULL"]);
});

function rsaSignatures(): readonly string[] {
  return ["PS256", "PS384", "PS512", "RS256", "RS384", "RS512", "RSNULL"];
}

function allows(find: () => unknown): boolean {
  try {
    find();
    return true;
  } catch {
    return false;
  }
}
