// SPDX-License-Identifier: Apache-2.0
/** Conformance: encryption and decryption with symmetric keys, decryption with RSA keys. */

import { createCipheriv, createDecipheriv } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { concatBytes, utf8 } from "@strongroom/core";
import type { Ciphertext, DecryptionInput, KeySpec } from "../client/hsm-keys.ts";
import { type AesCipherAlgorithm, aesCiphers } from "../keys/algorithms.ts";
import { expectRejections } from "./expect-rejections.ts";
import { makeKnownKey } from "./known-keys.ts";
import type { Subjects } from "./subjects.ts";

const place = { scope: "vault-1", keyId: "key-1" } as const;
const badParameter = { code: "BadParameter" } as const;
const all = Object.keys(aesCiphers) as AesCipherAlgorithm[];
const blocks = utf8("two blocks of sixteen bytes each");
const odd = utf8("no whole number of blocks");

function specFor(algorithm: AesCipherAlgorithm): KeySpec {
  const bits = aesCiphers[algorithm].keyBytes * 8;
  return {
    ...place,
    type: `aes-${bits}` as "aes-128",
    operations: ["encrypt", "decrypt"],
    class: "N",
  };
}

function plaintextFor(algorithm: AesCipherAlgorithm): Uint8Array {
  return aesCiphers[algorithm].mode === "cbc" ? blocks : odd;
}

/** Tests of symmetric encryption. */
export function describeCiphers({ hsm }: Subjects): void {
  const open = async (algorithm: AesCipherAlgorithm) => {
    const { type } = specFor(algorithm);
    const { material } = makeKnownKey(type);
    const { blob } = await hsm().client.importKey(specFor(algorithm), material);
    return { blob, material };
  };

  describe("encryption", () => {
    it.each(all)("%s gives what OpenSSL opens, and opens what OpenSSL gives", async (algorithm) => {
      const { client } = hsm();
      const { blob, material } = await open(algorithm);
      const { mode, keyBytes } = aesCiphers[algorithm];
      const plaintext = plaintextFor(algorithm);
      const aad = mode === "gcm" ? utf8("header") : new Uint8Array(0);
      const sealed = await client.encrypt(blob, algorithm, { plaintext, aad }, place);
      expect([sealed.iv.length, sealed.tag.length]).toEqual(mode === "gcm" ? [12, 16] : [16, 0]);
      const opened = openOutside(`aes-${keyBytes * 8}`, mode, { ...sealed, aad, key: material });
      expect(opened).toEqual(Buffer.from(plaintext));
      expect(await client.decrypt(blob, algorithm, { ...sealed, aad }, place)).toEqual(plaintext);
      const another = await client.encrypt(blob, algorithm, { plaintext, aad });
      expect(another.iv).not.toEqual(sealed.iv);
    });

    it.each(all)("%s refuses what was changed, cut or given another part", async (algorithm) => {
      const { client } = hsm();
      const { blob } = await open(algorithm);
      const sealed = await client.encrypt(blob, algorithm, { plaintext: plaintextFor(algorithm) });
      for (const wrong of spoilt(sealed, aesCiphers[algorithm].mode === "gcm")) {
        await expect(client.decrypt(blob, algorithm, wrong)).rejects.toMatchObject(badParameter);
      }
      expect(await client.decrypt(blob, algorithm, sealed)).toEqual(plaintextFor(algorithm));
    });

    it("takes CBC's initialisation vector, and none for GCM", async () => {
      const { client } = hsm();
      const { blob, material } = await open("A256CBC");
      const iv = new Uint8Array(16).fill(9);
      const sealed = await client.encrypt(blob, "A256CBC", { plaintext: blocks, iv });
      const cipher = createCipheriv("aes-256-cbc", material, iv).setAutoPadding(false);
      expect(sealed).toMatchObject({ iv, ciphertext: new Uint8Array(cipher.update(blocks)) });
      const gcm = client.encrypt(blob, "A256GCM", { plaintext: blocks, iv: iv.subarray(4) });
      await expect(gcm).rejects.toMatchObject(badParameter);
    });

    it("is refused for another key length, another type, halves of blocks and too much data", async () => {
      const { client } = hsm();
      const { blob } = await open("A128GCM");
      const signer = await client.generateKey({
        ...place,
        type: "ec-p256",
        operations: ["sign"],
        class: "N",
      });
      await expectRejections(
        [
          client.encrypt(blob, "A256GCM", { plaintext: blocks }),
          client.encrypt(blob, "A128CBC", { plaintext: odd }),
          client.encrypt(blob, "A128CBC", { plaintext: new Uint8Array(0) }),
          client.encrypt(blob, "A128GCM", { plaintext: new Uint8Array(256 * 1024 + 1) }),
          client.encrypt(blob, "A512GCM" as "A128GCM", { plaintext: blocks }),
          client.encrypt(blob, "RSA-OAEP" as "A128GCM", { plaintext: blocks }),
        ],
        badParameter,
      );
      const attempt = client.encrypt(signer.blob, "A128GCM", { plaintext: blocks });
      await expect(attempt).rejects.toMatchObject({ code: "HsmBlobRejected" });
    });

    it("takes 256 KiB, and nothing at all for GCM", async () => {
      const { client } = hsm();
      const { blob } = await open("A256GCM");
      for (const plaintext of [new Uint8Array(256 * 1024).fill(5), new Uint8Array(0)]) {
        const sealed = await client.encrypt(blob, "A256GCM", { plaintext });
        expect(await client.decrypt(blob, "A256GCM", sealed)).toEqual(plaintext);
      }
    });

    it("is for who has the operation", async () => {
      const { client } = hsm();
      const spec = specFor("A256GCM");
      const encryptor = (await client.generateKey({ ...spec, operations: ["encrypt"] })).blob;
      const decryptor = (await client.generateKey({ ...spec, operations: ["decrypt"] })).blob;
      const sealed = await client.encrypt(encryptor, "A256GCM", { plaintext: blocks });
      await expectRejections(
        [
          client.decrypt(encryptor, "A256GCM", sealed),
          client.encrypt(decryptor, "A256GCM", { plaintext: blocks }),
          client.unwrap(decryptor, "A256KW", new Uint8Array(24)),
          client.wrap(encryptor, "A256KW", new Uint8Array(16)),
        ],
        { code: "HsmBlobRejected" },
      );
    });
  });
}

function spoilt(sealed: Ciphertext, isGcm: boolean): readonly DecryptionInput[] {
  const { ciphertext, iv, tag } = sealed;
  const both = [{ ...sealed, iv: iv.subarray(1) }, { ciphertext }];
  if (!isGcm) {
    const cut = { ...sealed, ciphertext: ciphertext.subarray(0, 15) };
    return [...both, cut, { ...sealed, tag: new Uint8Array(16) }, { ...sealed, aad: utf8("x") }];
  }
  const flipped = ciphertext.with(3, (ciphertext[3] ?? 0) ^ 1);
  return [
    ...both,
    { ...sealed, ciphertext: flipped },
    { ...sealed, ciphertext: ciphertext.subarray(1) },
    { ...sealed, tag: tag.subarray(1) },
    { ...sealed, tag: tag.with(0, (tag[0] ?? 0) ^ 1) },
    { ...sealed, aad: utf8("x") },
  ];
}

function openOutside(
  cipher: string,
  mode: "gcm" | "cbc" | "cbc-pad",
  sealed: Readonly<Record<"key" | "iv" | "tag" | "aad" | "ciphertext", Uint8Array>>,
): Uint8Array {
  const { key, iv, tag, aad, ciphertext } = sealed;
  if (mode === "gcm") {
    const gcm = createDecipheriv(`${cipher}-gcm` as "aes-256-gcm", key, iv);
    gcm.setAAD(aad).setAuthTag(tag);
    return concatBytes(gcm.update(ciphertext), gcm.final());
  }
  const cbc = createDecipheriv(`${cipher}-cbc`, key, iv).setAutoPadding(mode === "cbc-pad");
  return concatBytes(cbc.update(ciphertext), cbc.final());
}
