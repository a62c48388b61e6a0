// SPDX-License-Identifier: Apache-2.0
/** Conformance: data keys that are made in the HSM and that the target of an unwrapping alone gets to see. */

import { describe, expect, it } from "@jest/globals";
import type { KeyOperation, KeySpec } from "../client/hsm-keys.ts";
import { exchangeHashes, type SecureWrapAlgorithm, secureWraps } from "../keys/algorithms.ts";
import { aesBytes, isAes, type KeyType } from "../keys/key-types.ts";
import { expectRejections } from "./expect-rejections.ts";
import { makeKnownKey } from "./known-keys.ts";
import { openRelease } from "./open-release.ts";
import type { Subjects } from "./subjects.ts";
import { wrapDataKey } from "./wrap-data-key.ts";

const place = { scope: "vault-1", keyId: "key-1" } as const;
const badParameter = { code: "BadParameter" } as const;
const rejected = { code: "HsmBlobRejected" } as const;
const unopened = { ...badParameter, message: "the wrapped key cannot be unwrapped with this key" };
const both = ["secureWrapKey", "secureUnwrapKey"] as const;

function spec(type: KeyType, operations: readonly KeyOperation[] = both): KeySpec {
  return { ...place, type, operations, class: "N" };
}

function typesOf(algorithm: SecureWrapAlgorithm): readonly KeyType[] {
  if (algorithm === "RSA-OAEP-256") {
    return ["rsa-2048", "rsa-3072", "rsa-4096"];
  }
  const { keyBytes } = secureWraps[algorithm];
  return (["aes-128", "aes-192", "aes-256"] as const).filter(
    (type) => keyBytes === undefined || aesBytes[type] === keyBytes,
  );
}

const algorithms = Object.keys(secureWraps) as SecureWrapAlgorithm[];
const cases = algorithms.flatMap((algorithm) =>
  typesOf(algorithm).map((type) => [algorithm, type] as const),
);

/** Tests of secureWrapKey and secureUnwrapKey. */
export function describeSecureWrapping({ hsm, other }: Subjects): void {
  const open = async (type: KeyType, operations?: readonly KeyOperation[]) => {
    const known = makeKnownKey(type);
    const { blob } = await hsm().client.importKey(spec(type, operations), known.material);
    return { blob, known };
  };
  const target = makeKnownKey("rsa-2048");
  const to = { publicKey: target.publicKey, hash: "SHA-256" } as const;

  describe("a data key", () => {
    it.each(cases)(
      "that %s wrapped under a %s key is 32 fresh bytes, and the target's alone",
      async (algorithm, type) => {
        const { client } = hsm();
        const { blob } = await open(type);
        const opened: string[] = [];
        for (const hash of exchangeHashes) {
          const wrapped = await client.secureWrap(blob, algorithm, place);
          const what = { algorithm, wrapped };
          const released = await client.secureUnwrap(blob, what, { ...to, hash }, place);
          const again = await client.secureUnwrap(blob, what, { ...to, hash }, place);
          const key = openRelease(target, hash, released);
          expect(key).toHaveLength(32);
          expect(openRelease(target, hash, again)).toEqual(key);
          opened.push(Buffer.from(key).toString("hex"));
        }
        expect(new Set(opened).size).toBe(exchangeHashes.length);
      },
      60_000,
    );

    it.each(["rsa-2048", "rsa-4096", "aes-256"] as const)(
      "of 16, 24 or 32 bytes that was wrapped outside under a %s key is unwrapped, and nothing else",
      async (type) => {
        const { client } = hsm();
        const { blob, known } = await open(type);
        const algorithm = isAes(type) ? "A256KW" : "RSA-OAEP-256";
        const unwrap = (length: number) => {
          const wrapped = wrapDataKey(known, new Uint8Array(length).fill(length));
          return client.secureUnwrap(blob, { algorithm, wrapped }, to, place);
        };
        for (const length of [16, 24, 32]) {
          const key = openRelease(target, "SHA-256", await unwrap(length));
          expect(new Uint8Array(key)).toEqual(new Uint8Array(length).fill(length));
        }
        await expectRejections([unwrap(40), unwrap(64)], unopened);
      },
      60_000,
    );

    it("that was changed, or wrapped by another key or algorithm, opens to nobody, all in the same words", async () => {
      const { client } = hsm();
      for (const [type, algorithm] of [
        ["rsa-2048", "RSA-OAEP-256"],
        ["aes-256", "A256KW"],
        ["aes-256", "A256KWPAD"],
      ] as const) {
        const { blob } = await open(type);
        const wrapped = await client.secureWrap(blob, algorithm);
        const foreign = await client.secureWrap(
          (await client.generateKey(spec(type))).blob,
          algorithm,
        );
        const unwrap = (bytes: Uint8Array) =>
          client.secureUnwrap(blob, { algorithm, wrapped: bytes }, to);
        await expectRejections(
          [
            unwrap(foreign),
            unwrap(wrapped.with(9, (wrapped[9] ?? 0) ^ 1)),
            unwrap(wrapped.subarray(1)),
            unwrap(new Uint8Array(0)),
            unwrap(new Uint8Array(wrapped.length).fill(0xff)),
          ],
          unopened,
        );
      }
    }, 60_000);

    it("goes to no weak key and no other, and under no algorithm of another type of key", async () => {
      const { client } = hsm();
      const { blob } = await open("aes-256");
      const wrapped = await client.secureWrap(blob, "A256KW");
      const what = { algorithm: "A256KW", wrapped } as const;
      const rsa = await open("rsa-2048");
      await expectRejections(
        [
          client.secureUnwrap(blob, what, { ...to, publicKey: makeKnownKey("ec-p256").publicKey }),
          client.secureUnwrap(blob, what, { ...to, publicKey: new Uint8Array(0) }),
          client.secureUnwrap(blob, what, { ...to, hash: "SHA-512" as "SHA-256" }),
          client.secureUnwrap(blob, { ...what, algorithm: "A128KW" }, to),
          client.secureUnwrap(blob, { ...what, algorithm: "RSA-OAEP-256" }, to),
          client.secureUnwrap(rsa.blob, what, to),
          client.secureUnwrap(blob, { ...what, algorithm: "RSA-OAEP" as "RSA-OAEP-256" }, to),
          client.secureWrap(blob, "A128KW"),
          client.secureWrap(blob, "RSA-OAEP-256"),
          client.secureWrap(rsa.blob, "A256KW"),
          client.secureWrap(rsa.blob, "RSA1_5" as "RSA-OAEP-256"),
        ],
        badParameter,
      );
    });
  });

  describe("a key that wraps data keys securely", () => {
    it("unwraps for a target alone, at its place, in its token, and does not leave", async () => {
      const { client } = hsm();
      for (const [type, algorithm] of [
        ["rsa-2048", "RSA-OAEP-256"],
        ["aes-256", "A256KW"],
      ] as const) {
        const { blob } = await open(type, [...both, "wrapKey"]);
        const wrapped = await client.secureWrap(blob, algorithm);
        const what = { algorithm, wrapped };
        const foreign = await other().client.generateKey(spec(type));
        await expectRejections(
          [
            client.unwrap(blob, algorithm, wrapped),
            client.decrypt(blob, type === "aes-256" ? "A256CBC" : "RSA-OAEP-256", {
              ciphertext: type === "aes-256" ? new Uint8Array(16) : wrapped,
            }),
            client.releaseKey(blob, to),
            client.secureUnwrap(blob, what, to, { ...place, keyId: "key-2" }),
            client.secureWrap(blob, algorithm, { ...place, scope: "vault-2" }),
            client.secureUnwrap(foreign.blob, what, to),
          ],
          rejected,
        );
      }
    });

    it("can do nothing else, and no other key can do what it does", async () => {
      const { client } = hsm();
      await expectRejections(
        [
          client.generateKey(spec("aes-256", [...both, "unwrapKey"])),
          client.generateKey(spec("aes-256", [...both, "decrypt"])),
          client.generateKey(spec("aes-256", [...both, "encrypt"])),
          client.generateKey(spec("rsa-2048", ["secureUnwrapKey", "sign"])),
          client.generateKey(spec("ec-p256", both)),
          client.generateKey({ ...spec("aes-256"), class: "E" }),
          client.generateKey(spec("rsa-2048", [...both, "import"])),
        ],
        badParameter,
      );
      const { blob } = await client.generateKey(spec("aes-256", ["wrapKey", "unwrapKey"]));
      const wrapped = await client.wrap(blob, "A256KW", new Uint8Array(32));
      await expectRejections(
        [
          client.secureWrap(blob, "A256KW"),
          client.secureUnwrap(blob, { algorithm: "A256KW", wrapped }, to),
        ],
        rejected,
      );
    });
  });
}
