// SPDX-License-Identifier: Apache-2.0
/** Project Wycheproof's vectors of encryption and key wrap through our operations, as their files declare them. */

import { createPrivateKey, createSecretKey } from "node:crypto";
import { test } from "@jest/globals";
import { equalBytes } from "@strongroom/core";
import { hexMember, type WycheproofVector, wycheproof } from "@strongroom/testing";
import type { EncryptionAlgorithm } from "../algorithms.ts";
import type { AesEncryption, Encrypted } from "../cipher-parameters.ts";
import { expectOutcomes } from "./__fixtures__/expect-outcomes.ts";
import { decryptInSoftware, encryptInSoftware } from "./operations.ts";

test.each([
  ["sha1", "rsa_oaep_2048_sha1_mgf1sha1", 36],
  ["sha256", "rsa_oaep_2048_sha256_mgf1sha256", 37],
  ["sha256", "rsa_oaep_3072_sha256_mgf1sha256", 37],
  ["sha256", "rsa_oaep_4096_sha256_mgf1sha256", 37],
] as const)("RSA-OAEP with %s: %s; what has a label is refused", (hash, file, count) => {
  const algorithm = { family: "rsa", padding: "oaep", hash } as const;
  expectRsa(algorithm, file, count);
});

// Implicit rejection: what is invalid gives bytes that are not the message, and never an error that tells why.
test.each([
  ["rsa_pkcs1_2048", 67],
  ["rsa_pkcs1_3072", 67],
  ["rsa_pkcs1_4096", 67],
] as const)("RSA1_5: %s", (file, count) => {
  expectRsa({ family: "rsa", padding: "pkcs1" }, file, count);
});

function expectRsa(algorithm: EncryptionAlgorithm, file: string, count: number): void {
  expectOutcomes(
    wycheproof(file).map((group) => ({
      ...group,
      tests: group.tests.map((vector) =>
        vector["label"] ? { ...vector, result: "invalid" as const } : vector,
      ),
    })),
    count,
    (group, vector) => {
      const der = Buffer.from(hexMember(group, "privateKeyPkcs8"));
      const key = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
      return opens(algorithm, key, vector, { bytes: hexMember(vector, "ct") });
    },
  );
}

test("AES-GCM: aes_gcm; IVs that have not 12 bytes are refused", () => {
  expectOutcomes(
    wycheproof("aes_gcm"),
    316,
    (group, vector) => {
      const algorithm = { family: "aes", mode: "gcm", bits: Number(group["keySize"]) } as const;
      return opens(algorithm, secretOf(vector), vector, {
        bytes: hexMember(vector, "ct"),
        iv: hexMember(vector, "iv"),
        aad: hexMember(vector, "aad"),
        tag: hexMember(vector, "tag"),
      });
    },
    (group) => group["ivSize"] === 96,
  );
});

test("AES-CBC with padding: aes_cbc_pkcs5", () => {
  expectOutcomes(wycheproof("aes_cbc_pkcs5"), 216, (group, vector) => {
    const algorithm = { family: "aes", mode: "cbcpad", bits: Number(group["keySize"]) } as const;
    const iv = hexMember(vector, "iv");
    const bytes = hexMember(vector, "ct");
    return (
      opens(algorithm, secretOf(vector), vector, { bytes, iv }) &&
      makes(algorithm, vector, { bytes: hexMember(vector, "msg"), iv })
    );
  });
});

// RFC 3394 wraps 16 bytes at least; some of the file's vectors wrap 8, and are declared invalid or acceptable.
test.each([
  ["kw", "aes_wrap", 165],
  ["kwp", "aes_kwp", 254],
] as const)("AES key wrap %s: %s", (mode, file, count) => {
  const algorithm = { family: "aes", mode, bits: undefined } as const;
  expectOutcomes(wycheproof(file), count, (_, vector) => {
    return (
      opens(algorithm, secretOf(vector), vector, { bytes: hexMember(vector, "ct") }) &&
      makes(algorithm, vector, { bytes: hexMember(vector, "msg") })
    );
  });
});

function opens(
  algorithm: EncryptionAlgorithm,
  key: ReturnType<typeof createSecretKey>,
  vector: WycheproofVector,
  encrypted: Encrypted,
): boolean {
  return equalBytes(decryptInSoftware(algorithm, key, encrypted), hexMember(vector, "msg"));
}

function makes(algorithm: AesEncryption, vector: WycheproofVector, plain: Encrypted): boolean {
  const { bytes } = encryptInSoftware(algorithm, secretOf(vector), plain);
  return equalBytes(bytes, hexMember(vector, "ct"));
}

function secretOf(vector: WycheproofVector) {
  return createSecretKey(hexMember(vector, "key"));
}
