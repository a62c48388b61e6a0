// SPDX-License-Identifier: Apache-2.0
/** Conformance: every signature algorithm with every type of key, of generated and of imported keys. */

import { hash } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { utf8 } from "@strongroom/core";
import type { GeneratedKey, KeySpec } from "../client/hsm-keys.ts";
import {
  hashes,
  type MacAlgorithm,
  type SignatureAlgorithm,
  signatures,
} from "../keys/algorithms.ts";
import { isAes, isEc, isRsa, type KeyType } from "../keys/key-types.ts";
import { expectRejections } from "./expect-rejections.ts";
import { isSignature, macOf } from "./is-signature.ts";
import { allTypes, makeKnownKey } from "./known-keys.ts";
import { lacksType } from "./lacks-type.ts";
import type { Subjects } from "./subjects.ts";

const place = { scope: "vault-1", keyId: "key-1" } as const;
const message = utf8("what is signed");
const badParameter = { code: "BadParameter" } as const;
const algorithms = Object.keys(signatures) as SignatureAlgorithm[];

function goesWith(algorithm: SignatureAlgorithm, type: KeyType): boolean {
  const signature = signatures[algorithm];
  if (signature.kind === "ecdsa") {
    return signature.type === type;
  }
  return signature.kind === "hmac" ? isAes(type) : isRsa(type);
}

/** What `sign` takes for `message`. */
export function toSign(algorithm: SignatureAlgorithm): Uint8Array {
  const signature = signatures[algorithm];
  return signature.kind === "hmac" || signature.kind === "pkcs1-raw"
    ? message
    : hash(hashes[signature.hash].openSslName, message, "buffer");
}

const pairs = allTypes.flatMap((type) =>
  algorithms
    .filter((algorithm) => goesWith(algorithm, type))
    .map((algorithm) => [algorithm, type] as const),
);
const ofPairs = pairs.filter(([, type]) => !isAes(type));
const ofSecrets = pairs.filter(([, type]) => isAes(type));

/** Tests of signatures. */
export function describeSigning(subjects: Subjects): void {
  const made = new Map<string, GeneratedKey>();

  /** One key for each type and class: RSA keys take long. */
  async function keyOf(type: KeyType, keyClass: "N" | "E" = "N"): Promise<GeneratedKey> {
    const spec: KeySpec = { ...place, type, operations: ["verify", "sign"], class: keyClass };
    const key = made.get(type + keyClass) ?? (await subjects.hsm().client.generateKey(spec));
    made.set(type + keyClass, key);
    return key;
  }

  describe("signatures", () => {
    it.each(ofPairs)(
      "%s by a generated key of type %s are as OpenSSL verifies",
      async (algorithm, type) => {
        if (await lacksType(subjects.hsm(), type)) {
          return;
        }
        const key = await keyOf(type);
        const signature = await subjects
          .hsm()
          .client.sign(key.blob, algorithm, toSign(algorithm), place);
        expect(isSignature(key.publicKey, message, signature, algorithm)).toBe(true);
        expect(isSignature(key.publicKey, utf8("What is signed"), signature, algorithm)).toBe(
          false,
        );
      },
      60_000,
    );

    it.each(ofSecrets)(
      "%s by a key of type %s are as OpenSSL computes, or refused by name",
      async (algorithm, type) => {
        const { client, lacks } = subjects.hsm();
        const { material } = makeKnownKey(type);
        const spec: KeySpec = { ...place, type, operations: ["sign", "verify"], class: "N" };
        const { blob } = await client.importKey(spec, material);
        const mac = algorithm as MacAlgorithm;
        if (lacks.includes(`${algorithm} ${type}`)) {
          const refusal = { ...badParameter, message: expect.stringContaining(algorithm) };
          await expect(client.sign(blob, algorithm, message)).rejects.toMatchObject(refusal);
          return;
        }
        const signature = await client.sign(blob, algorithm, message);
        expect(signature).toEqual(new Uint8Array(macOf(mac, material, message)));
        expect(await client.verify(blob, mac, { message, signature }, place)).toBe(true);
        const wrong = signature.with(0, (signature[0] ?? 0) ^ 1);
        expect(await client.verify(blob, mac, { message, signature: wrong })).toBe(false);
        expect(await client.verify(blob, mac, { message, signature: signature.subarray(1) })).toBe(
          false,
        );
      },
    );

    it("of class E keys are as good", async () => {
      const key = await keyOf("ec-p384", "E");
      const signature = await subjects.hsm().client.sign(key.blob, "ES384", toSign("ES384"));
      expect(isSignature(key.publicKey, message, signature, "ES384")).toBe(true);
    });

    it.each(["ec-p521", "rsa-2048"] as const)(
      "of a %s key are the same key's after a restart",
      async (type) => {
        const key = await keyOf(type);
        await subjects.hsm().restart();
        const algorithm = isEc(type) ? "ES512" : "PS256";
        const signature = await subjects.hsm().client.sign(key.blob, algorithm, toSign(algorithm));
        expect(isSignature(key.publicKey, message, signature, algorithm)).toBe(true);
      },
      60_000,
    );

    it("are refused where algorithm and key do not go together, and nothing happens", async () => {
      for (const type of ["ec-p256", "ec-p521", "ec-p384", "rsa-2048", "aes-256"] as const) {
        const { blob } = await keyOf(type);
        for (const algorithm of algorithms.filter((name) => !goesWith(name, type))) {
          const attempt = subjects.hsm().client.sign(blob, algorithm, toSign(algorithm));
          await expect(attempt).rejects.toMatchObject(badParameter);
        }
      }
      const { blob } = await keyOf("ec-p256");
      for (const name of ["es256", "ES256 ", "none", "RS1", "toString", "__proto__", ""]) {
        const attempt = subjects.hsm().client.sign(blob, name as "ES256", toSign("ES256"));
        await expect(attempt).rejects.toMatchObject(badParameter);
      }
    }, 60_000);

    it.each(ofPairs)(
      "%s of a %s key are refused for a digest of another length",
      async (algorithm, type) => {
        if (await lacksType(subjects.hsm(), type)) {
          return;
        }
        const { blob } = await keyOf(type);
        const digest = toSign(algorithm);
        const lengths =
          algorithm === "RSNULL" ? [502, 600] : [0, digest.length - 1, digest.length + 1];
        for (const length of lengths) {
          const attempt = subjects.hsm().client.sign(blob, algorithm, new Uint8Array(length));
          await expect(attempt).rejects.toMatchObject(badParameter);
        }
      },
    );

    it("of nothing are made by symmetric keys", async () => {
      const { client } = subjects.hsm();
      const { material } = makeKnownKey("aes-256");
      const spec: KeySpec = { ...place, type: "aes-256", operations: ["sign"], class: "N" };
      const { blob } = await client.importKey(spec, material);
      const nothing = new Uint8Array(0);
      const expected = new Uint8Array(macOf("HS256", material, nothing));
      expect(await client.sign(blob, "HS256", nothing)).toEqual(expected);
    });

    it("of a symmetric key are neither made nor verified without the operation", async () => {
      const { client } = subjects.hsm();
      const spec: KeySpec = { ...place, type: "aes-256", operations: ["sign"], class: "N" };
      const signer = (await client.generateKey(spec)).blob;
      const verifier = (await client.generateKey({ ...spec, operations: ["verify"] })).blob;
      const signature = await client.sign(signer, "HS256", message);
      await expectRejections(
        [
          client.verify(signer, "HS256", { message, signature }),
          client.sign(verifier, "HS256", message),
        ],
        { code: "HsmBlobRejected" },
      );
      expect(await client.verify(verifier, "HS256", { message, signature })).toBe(false);
    });
  });
}
