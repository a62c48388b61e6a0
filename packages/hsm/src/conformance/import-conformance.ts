// SPDX-License-Identifier: Apache-2.0
/** Conformance: keys that come in, in clear. */

import { describe, expect, it } from "@jest/globals";
import type { KeySpec } from "../client/hsm-keys.ts";
import { isAes, type KeyType } from "../keys/key-types.ts";
import { expectKnown } from "./expect-known.ts";
import { allTypes, makeKnownKey } from "./known-keys.ts";
import { lacksType } from "./lacks-type.ts";
import type { Subjects } from "./subjects.ts";

const place = { scope: "vault-1", keyId: "key-1" } as const;
const badParameter = { code: "BadParameter" } as const;

function specOf(type: KeyType): KeySpec {
  const operations = isAes(type) ? (["encrypt", "decrypt"] as const) : (["sign"] as const);
  return { ...place, type, operations, class: "N" };
}

/** Tests of keys in clear. */
export function describeImport({ hsm }: Subjects): void {
  describe("import", () => {
    it.each(allTypes)(
      "of a %s key gives that key",
      async (type) => {
        if (await lacksType(hsm(), type)) {
          return;
        }
        const known = makeKnownKey(type);
        const made = await hsm().client.importKey(specOf(type), known.material);
        await expectKnown(hsm(), made, known);
        await expectKnown(
          hsm(),
          await hsm().client.importKey({ ...specOf(type), class: "E" }, known.material),
          known,
        );
      },
      60_000,
    );

    it("refuses material of another type, cut, or followed by something as another key", async () => {
      const { client } = hsm();
      const p256 = makeKnownKey("ec-p256").material;
      for (const [type, material] of [
        ["ec-p384", p256],
        ["ec-p256k", p256],
        ["rsa-2048", p256],
        ["ec-p256", makeKnownKey("rsa-2048").material],
        ["rsa-3072", makeKnownKey("rsa-2048").material],
        ["ec-p256", p256.subarray(0, -1)],
        ["ec-p256", new Uint8Array(0)],
        ["aes-256", new Uint8Array(16)],
        ["aes-128", new Uint8Array(0)],
        ["aes-256", new Uint8Array(4097)],
      ] as const) {
        const attempt = client.importKey(specOf(type), material);
        await expect(attempt).rejects.toMatchObject(badParameter);
      }
    }, 60_000);

    it("refuses a private key that does not belong to its public half", async () => {
      const { client } = hsm();
      const { material } = makeKnownKey("rsa-2048");
      const at = Buffer.from(material).indexOf(Buffer.from([0x02, 0x82, 0x01, 0x01, 0x00]));
      // A bit of the modulus is another.
      const broken = material.with(at + 100, (material[at + 100] ?? 0) ^ 1);
      await expect(client.importKey(specOf("rsa-2048"), broken)).rejects.toMatchObject(
        badParameter,
      );
    });

    it("takes a right key after the token refused something: errors of OpenSSL's are shared", async () => {
      const { client } = hsm();
      const spec: KeySpec = { ...place, type: "aes-256", operations: ["unwrapKey"], class: "N" };
      const { blob } = await client.generateKey(spec);
      const wrong = client.unwrap(blob, "A256KW", new Uint8Array(40));
      await expect(wrong).rejects.toMatchObject(badParameter);
      const known = makeKnownKey("ec-p256");
      await expectKnown(hsm(), await client.importKey(specOf("ec-p256"), known.material), known);
    });

    it("refuses operations that the type does not have", async () => {
      const { client } = hsm();
      const attempts = [
        ["ec-p256", ["sign", "decrypt"]],
        ["ec-p384", ["signHead"]],
        ["rsa-2048", ["sign", "import"]],
        ["rsa-2048", ["sign", "sign"]],
        ["aes-256", ["import"]],
        ["aes-256", ["open"]],
        ["aes-256", []],
      ] as const;
      for (const [type, operations] of attempts) {
        const spec = { ...specOf(type), operations: operations as never };
        const attempt = client.importKey(spec, makeKnownKey(type).material);
        await expect(attempt).rejects.toMatchObject(badParameter);
      }
    });
  });
}
