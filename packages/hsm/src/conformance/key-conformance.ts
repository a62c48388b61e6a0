// SPDX-License-Identifier: Apache-2.0
/** Conformance: status, random numbers, signing keys, data keys. */

import { describe, expect, it } from "@jest/globals";
import { deriveSubkey, sha256, utf8 } from "@strongroom/core";
import { expectRejections } from "./expect-rejections.ts";
import { isSignature } from "./is-signature.ts";
import type { Subjects } from "./subjects.ts";

const place = { scope: "0b0e6a2c-7d0e-4a53-9a5e-3f1f2f6f8f11", keyId: "signing" } as const;
const spec = { ...place, type: "ec-p256", operations: ["sign"], class: "N" } as const;
const digest = sha256(utf8("message"));

/** Tests of keys. */
export function describeKeys({ hsm }: Subjects): void {
  describe("keys", () => {
    it("says who it is and which keys it holds, and says the same after a restart", async () => {
      const before = await hsm().client.status();
      expect(before).toMatchObject({ initialised: true, domain: "none" });
      expect(before.token.label).toBe("strongroom");
      expect(["token", "host"]).toContain(before.enforcedBy);
      const ids = Object.values(before.kekIds);
      expect(new Set(ids).size).toBe(4);
      expect(ids.every((id) => /^[0-9a-f]{32}$/.test(id))).toBe(true);
      await hsm().restart();
      expect(await hsm().client.status()).toEqual(before);
    });

    it("gives random bytes, 1 to 1024 of them", async () => {
      const { client } = hsm();
      const [one, two] = await Promise.all([client.random(1024), client.random(1024)]);
      expect(one).toHaveLength(1024);
      expect(one).not.toEqual(two);
      expect(await client.random(1)).toHaveLength(1);
      await expect(client.random(0)).rejects.toMatchObject({ code: "BadParameter" });
      await expect(client.random(1025)).rejects.toMatchObject({ code: "BadParameter" });
    });

    it.each(["N", "E"] as const)(
      "signs with a class %s key as node:crypto verifies",
      async (keyClass) => {
        const { client } = hsm();
        const key = await client.generateKey({ ...spec, class: keyClass });
        const signature = await client.sign(key.blob, "ES256", digest, place);
        expect(signature).toHaveLength(64);
        expect(isSignature(key.publicKey, utf8("message"), signature)).toBe(true);
        expect(isSignature(key.publicKey, utf8("massage"), signature)).toBe(false);
      },
    );

    it("signs with a key that was made before a restart", async () => {
      const key = await hsm().client.generateKey(spec);
      await hsm().restart();
      const signature = await hsm().client.sign(key.blob, "ES256", digest);
      expect(isSignature(key.publicKey, utf8("message"), signature)).toBe(true);
    });

    it("signs with more keys than it keeps loaded", async () => {
      const { client } = hsm();
      const keys = await Promise.all(Array.from({ length: 100 }, () => client.generateKey(spec)));
      const more = await Promise.all(Array.from({ length: 200 }, () => client.generateKey(spec)));
      const all = [...keys, ...more, ...keys];
      for (const key of all) {
        const signature = await client.sign(key.blob, "ES256", digest);
        expect(isSignature(key.publicKey, utf8("message"), signature)).toBe(true);
      }
    });

    it("signs digests of 32 bytes only", async () => {
      const { client } = hsm();
      const { blob } = await client.generateKey(spec);
      for (const length of [0, 20, 31, 33, 64]) {
        const attempt = client.sign(blob, "ES256", new Uint8Array(length));
        await expect(attempt).rejects.toMatchObject({ code: "BadParameter" });
      }
    });

    it("makes no key for two purposes or for none, of another type, or without a place", async () => {
      const { client } = hsm();
      const refused = [
        { ...spec, operations: [] },
        { ...spec, operations: ["sign", "signHead"] as const },
        { ...spec, operations: ["open"] as never },
        { ...spec, class: "S" as never },
        { ...spec, type: "dsa-2048" as never },
        { ...spec, scope: "" },
        { ...spec, keyId: "with space" },
        { ...spec, keyId: "x".repeat(254) },
      ];
      for (const wrong of refused) {
        await expect(client.generateKey(wrong)).rejects.toMatchObject({ code: "BadParameter" });
      }
    });

    it("opens a data key to the same 32 bytes each time, and others to others", async () => {
      const { client } = hsm();
      const blob = await client.generateDataKey(place);
      const opened = await client.openDataKey(blob, place);
      expect(opened).toHaveLength(32);
      expect(await client.openDataKey(blob)).toEqual(opened);
      const another = await client.openDataKey(await client.generateDataKey(place));
      expect(another).not.toEqual(opened);
      await hsm().restart();
      expect(await hsm().client.openDataKey(blob)).toEqual(opened);
    });

    it("derives in the token what deriveSubkey derives from the opened key", async () => {
      const { client } = hsm();
      const blob = await client.generateDataKey(place);
      const key = await client.openDataKey(blob);
      for (const [label, context] of [
        ["strongroom/value/v1", utf8("scope")],
        ["strongroom/record-mac/v1", new Uint8Array(0)],
        ["x", new Uint8Array(4096).fill(7)],
      ] as const) {
        const subkey = await client.subkey(blob, label, context, place);
        expect(subkey).toEqual(deriveSubkey(key, label, context));
      }
    });

    it("refuses a derivation without a label or with too long a context", async () => {
      const { client } = hsm();
      const blob = await client.generateDataKey(place);
      await expectRejections(
        [
          client.subkey(blob, "", new Uint8Array(1)),
          client.subkey(blob, "x", new Uint8Array(4097)),
        ],
        { code: "BadParameter" },
      );
    });
  });
}
