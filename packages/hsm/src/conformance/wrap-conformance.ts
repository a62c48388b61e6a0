// SPDX-License-Identifier: Apache-2.0
/** Conformance: key wrap of callers' keys by published vectors and by OpenSSL. */

import { createCipheriv } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { concatBytes, fromHex } from "@strongroom/core";
import type { KeySpec } from "../client/hsm-keys.ts";
import { type AesWrapAlgorithm, aesWraps } from "../keys/algorithms.ts";
import { type AesKeyType, aesBytes } from "../keys/key-types.ts";
import { expectRejections } from "./expect-rejections.ts";
import { makeKnownKey } from "./known-keys.ts";
import type { Subjects } from "./subjects.ts";

const place = { scope: "vault-1", keyId: "key-1" } as const;
const badParameter = { code: "BadParameter" } as const;

/** RFC 3394 sections 4.1 to 4.6: keys are 00 01 02 …, as those of the suite. */
const rfc3394 = [
  [
    "A128KW",
    "00112233445566778899aabbccddeeff",
    "1fa68b0a8112b447aef34bd8fb5a7b829d3e862371d2cfe5",
  ],
  [
    "A192KW",
    "00112233445566778899aabbccddeeff",
    "96778b25ae6ca435f92b5b97c050aed2468ab8a17ad84e5d",
  ],
  [
    "A256KW",
    "00112233445566778899aabbccddeeff",
    "64e8c3f9ce0f5ba263e9777905818a2a93c8191e7d6e8ae7",
  ],
  [
    "A192KW",
    "00112233445566778899aabbccddeeff0001020304050607",
    "031d33264e15d33268f24ec260743edce1c6c7ddee725a936ba814915c6762d2",
  ],
  [
    "A256KW",
    "00112233445566778899aabbccddeeff0001020304050607",
    "a8f9bc1612c68b3ff6e6f4fbe30e71e4769c8b80a32cb8958cd5d17d6b254da1",
  ],
  [
    "CKM_AES_KEY_WRAP",
    "00112233445566778899aabbccddeeff000102030405060708090a0b0c0d0e0f",
    "28c9f404c4b810f4cbccb35cfb87f8263f5786e2d80ed326cbc7f0e71a99f43bfb988b9b7a02dd21",
  ],
] as const;

function typeFor(algorithm: AesWrapAlgorithm): AesKeyType {
  const bytes = aesWraps[algorithm].keyBytes ?? 32;
  return (
    (Object.keys(aesBytes) as AesKeyType[]).find((type) => aesBytes[type] === bytes) ?? "aes-256"
  );
}

const padded = (Object.keys(aesWraps) as AesWrapAlgorithm[]).filter(
  (algorithm) => aesWraps[algorithm].mode === "kwp",
);

function wrapOutside(key: Uint8Array, plain: Uint8Array): Uint8Array {
  const cipher = createCipheriv(`id-aes${key.length * 8}-wrap-pad`, key, fromHex("a65959a6"));
  return new Uint8Array(concatBytes(cipher.update(plain), cipher.final()));
}

/** Tests of key wrap. */
export function describeWrapping({ hsm }: Subjects): void {
  const open = async (type: AesKeyType, operations: KeySpec["operations"]) => {
    const { material } = makeKnownKey(type);
    const { blob } = await hsm().client.importKey(
      { ...place, type, operations, class: "N" },
      material,
    );
    return { blob, material };
  };

  describe("key wrap", () => {
    it.each(rfc3394)(
      "%s wraps and unwraps RFC 3394's vector of %s",
      async (algorithm, plain, wrapped) => {
        const { client } = hsm();
        const { blob } = await open(typeFor(algorithm), ["wrapKey", "unwrapKey"]);
        const result = await client.wrap(blob, algorithm, fromHex(plain), place);
        expect(Buffer.from(result).toString("hex")).toBe(wrapped);
        expect(await client.unwrap(blob, algorithm, fromHex(wrapped), place)).toEqual(
          fromHex(plain),
        );
      },
    );

    it.each(padded)("%s pads keys of any length as OpenSSL does", async (algorithm) => {
      const { client } = hsm();
      const { blob, material } = await open(typeFor(algorithm), ["wrapKey", "unwrapKey"]);
      for (const length of [1, 7, 8, 9, 16, 20, 31, 32, 66, 129, 1217]) {
        const plain = Uint8Array.from({ length }, (_, index) => (index * 7 + length) & 0xff);
        const wrapped = await client.wrap(blob, algorithm, plain);
        expect(wrapped).toEqual(wrapOutside(material, plain));
        expect(await client.unwrap(blob, algorithm, wrapped)).toEqual(plain);
      }
    });

    it("refuses what was changed, is of another key or of another mechanism, all in the same words", async () => {
      const { client } = hsm();
      const { blob } = await open("aes-256", ["wrapKey", "unwrapKey"]);
      const other = await client.generateKey({
        ...place,
        type: "aes-256",
        operations: ["wrapKey"],
        class: "N",
      });
      const plain = new Uint8Array(32).fill(6);
      const wrapped = await client.wrap(blob, "A256KW", plain);
      const foreign = await client.wrap(other.blob, "A256KW", plain);
      const padded = await client.wrap(blob, "A256KWPAD", plain);
      await expectRejections(
        [
          client.unwrap(blob, "A256KW", wrapped.with(5, (wrapped[5] ?? 0) ^ 1)),
          client.unwrap(blob, "A256KW", foreign),
          client.unwrap(blob, "A256KWPAD", wrapped),
          client.unwrap(blob, "A256KW", padded),
        ],
        { ...badParameter, message: "the wrapped key cannot be unwrapped with this key" },
      );
    });

    it("wraps bytes and never a key of the token, whatever else its key may do (Tookan A1)", async () => {
      const { client } = hsm();
      const { blob, material } = await open("aes-256", ["decrypt", "unwrapKey", "wrapKey"]);
      const victim = await client.generateKey({
        ...place,
        type: "aes-256",
        operations: ["encrypt"],
        class: "E",
      });
      const wrapped = await client.wrap(blob, "A256KWPAD", victim.blob);
      expect(wrapped).toEqual(wrapOutside(material, victim.blob));
      expect(await client.unwrap(blob, "A256KWPAD", wrapped)).toEqual(victim.blob);
    });

    it("refuses lengths that the algorithm does not have, other keys and too long ones", async () => {
      const { client } = hsm();
      const { blob } = await open("aes-256", ["wrapKey", "unwrapKey"]);
      await expectRejections(
        [
          client.wrap(blob, "A256KW", new Uint8Array(8)),
          client.wrap(blob, "A256KW", new Uint8Array(20)),
          client.wrap(blob, "A256KWPAD", new Uint8Array(0)),
          client.wrap(blob, "A256KWPAD", new Uint8Array(4097)),
          client.wrap(blob, "A128KW", new Uint8Array(16)),
          client.unwrap(blob, "A256KW", new Uint8Array(16)),
          client.unwrap(blob, "A256KW", new Uint8Array(25)),
          client.unwrap(blob, "A256KWPAD", new Uint8Array(8)),
          client.wrap(blob, "RSA-OAEP" as "A256KW", new Uint8Array(16)),
        ],
        badParameter,
      );
    });
  });
}
