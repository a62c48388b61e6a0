// SPDX-License-Identifier: Apache-2.0
/** Conformance: decryption with RSA keys, right and wrong. */

import { constants, createPublicKey, publicEncrypt } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { utf8 } from "@strongroom/core";
import type { GeneratedKey, KeySpec } from "../client/hsm-keys.ts";
import type { RsaDecryptionAlgorithm } from "../keys/algorithms.ts";
import type { RsaKeyType } from "../keys/key-types.ts";
import { expectRejections } from "./expect-rejections.ts";
import { makeKnownKey } from "./known-keys.ts";
import type { Subjects } from "./subjects.ts";

const place = { scope: "vault-1", keyId: "key-1" } as const;
const badParameter = { code: "BadParameter" } as const;
const odd = utf8("no whole number of blocks");

const paddings = {
  "RSA-OAEP": { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: "sha1" },
  "RSA-OAEP-256": { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: "sha256" },
  RSA1_5: { padding: constants.RSA_PKCS1_PADDING },
} as const;

/** Tests of RSA decryption. */
export function describeRsaDecryption({ hsm }: Subjects): void {
  const made = new Map<RsaKeyType, GeneratedKey>();
  const keyOf = async (type: RsaKeyType) => {
    const spec: KeySpec = { ...place, type, operations: ["decrypt", "unwrapKey"], class: "N" };
    const key = made.get(type) ?? (await hsm().client.importKey(spec, makeKnownKey(type).material));
    made.set(type, key);
    return key;
  };
  const algorithms = Object.keys(paddings) as RsaDecryptionAlgorithm[];
  const types: readonly RsaKeyType[] = ["rsa-2048", "rsa-3072", "rsa-4096"];
  const cases = algorithms.flatMap((algorithm) => types.map((type) => [algorithm, type] as const));
  const encryptTo = (
    { publicKey }: GeneratedKey,
    algorithm: RsaDecryptionAlgorithm,
    text: Uint8Array,
  ) => {
    const key = createPublicKey({ key: Buffer.from(publicKey), format: "der", type: "spki" });
    return publicEncrypt({ key, ...paddings[algorithm] }, text);
  };

  describe("RSA decryption", () => {
    it.each(cases)(
      "%s with a key of type %s opens what OpenSSL encrypted",
      async (algorithm, type) => {
        const { client } = hsm();
        const key = await keyOf(type);
        for (const text of [odd, new Uint8Array(1), new Uint8Array(190).fill(8)]) {
          const ciphertext = encryptTo(key, algorithm, text);
          expect(await client.decrypt(key.blob, algorithm, { ciphertext }, place)).toEqual(text);
          expect(await client.unwrap(key.blob, algorithm, ciphertext, place)).toEqual(text);
        }
      },
      60_000,
    );

    it.each(["RSA-OAEP", "RSA-OAEP-256"] as const)(
      "%s says the same of every wrong ciphertext",
      async (algorithm) => {
        const { client } = hsm();
        const key = await keyOf("rsa-2048");
        const publicKey = createPublicKey({
          key: Buffer.from(key.publicKey),
          format: "der",
          type: "spki",
        });
        const raw = (block: Uint8Array) =>
          publicEncrypt({ key: publicKey, padding: constants.RSA_NO_PADDING }, block);
        const right = encryptTo(key, algorithm, odd);
        const messages = new Set<string>();
        for (const ciphertext of [
          // Of a right one; of one whose block begins with another byte than 0 (Manger); of no padding at all.
          right.with(100, (right[100] ?? 0) ^ 1),
          raw(new Uint8Array(256).fill(1, 0, 1)),
          raw(new Uint8Array(256).fill(0x41)),
          raw(new Uint8Array(256)),
          encryptTo(key, algorithm === "RSA-OAEP" ? "RSA-OAEP-256" : "RSA-OAEP", odd),
          new Uint8Array(256).fill(0xff),
        ]) {
          const failure = await client
            .decrypt(key.blob, algorithm, { ciphertext })
            .catch((error: Error) => error);
          expect(failure).toMatchObject(badParameter);
          messages.add((failure as Error).message);
        }
        expect(messages.size).toBe(1);
      },
    );

    it("RSA1_5 answers wrong padding with bytes that say nothing (Bleichenbacher)", async () => {
      const { client } = hsm();
      const key = await keyOf("rsa-2048");
      const publicKey = createPublicKey({
        key: Buffer.from(key.publicKey),
        format: "der",
        type: "spki",
      });
      const blocks15 = [
        new Uint8Array(256).fill(1, 0, 1),
        new Uint8Array(256).fill(0x41),
        new Uint8Array(256),
      ];
      for (const block of blocks15) {
        const ciphertext = publicEncrypt(
          { key: publicKey, padding: constants.RSA_NO_PADDING },
          block,
        );
        expect(await client.decrypt(key.blob, "RSA1_5", { ciphertext })).toBeInstanceOf(Uint8Array);
      }
    });

    it("is refused for a ciphertext of another length, another key and without the operation", async () => {
      const { client } = hsm();
      const key = await keyOf("rsa-2048");
      const ciphertext = encryptTo(key, "RSA-OAEP", odd);
      const another = await keyOf("rsa-3072");
      await expectRejections(
        [
          client.decrypt(key.blob, "RSA-OAEP", { ciphertext: ciphertext.subarray(1) }),
          client.decrypt(another.blob, "RSA-OAEP", { ciphertext }),
          client.decrypt(key.blob, "RSA-OAEP-512" as "RSA-OAEP", { ciphertext }),
        ],
        badParameter,
      );
      const spec: KeySpec = { ...place, type: "rsa-2048", operations: ["unwrapKey"], class: "N" };
      const { blob } = await client.importKey(spec, makeKnownKey("rsa-2048").material);
      const attempt = client.decrypt(blob, "RSA-OAEP", { ciphertext });
      await expect(attempt).rejects.toMatchObject({ code: "HsmBlobRejected" });
    });
  });
}
