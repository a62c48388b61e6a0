// SPDX-License-Identifier: Apache-2.0
/** Conformance: what is not exactly a blob of this token, for this use and place, is refused. */

import { describe, expect, it } from "@jest/globals";
import { concatBytes, isStrongroomError } from "@strongroom/core";
import { expectRejections } from "./expect-rejections.ts";
import type { Subjects } from "./subjects.ts";

const place = { scope: "vault-1", keyId: "key-1" } as const;
const spec = { ...place, type: "ec-p256", operations: ["sign"], class: "N" } as const;
const digest = new Uint8Array(32).fill(3);
const rejected = { code: "HsmBlobRejected" } as const;

/** How many attempts are in flight: fewer than the host takes at a time. */
const attemptsAtOnce = 200;

async function countRejections(
  blobs: readonly Uint8Array[],
  use: (blob: Uint8Array) => Promise<unknown>,
): Promise<number> {
  let rejections = 0;
  for (let start = 0; start < blobs.length; start += attemptsAtOnce) {
    const slice = blobs.slice(start, start + attemptsAtOnce);
    const results = await Promise.allSettled(slice.map(use));
    rejections += results.filter(
      (result) =>
        result.status === "rejected" && isStrongroomError(result.reason, "HsmBlobRejected"),
    ).length;
  }
  return rejections;
}

function everyBitFlipped(blob: Uint8Array): readonly Uint8Array[] {
  return Array.from({ length: blob.length * 8 }, (_, bit) =>
    blob.map((byte, index) => (index === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte)),
  );
}

/** Tests of blobs. */
export function describeBlobs({ hsm, other }: Subjects): void {
  describe("blobs", () => {
    it("refuses a signing key with any one bit flipped", async () => {
      const { client } = hsm();
      const { blob } = await client.generateKey(spec);
      await client.sign(blob, "ES256", digest);
      const flipped = everyBitFlipped(blob);
      const count = await countRejections(flipped, (bad) => client.sign(bad, "ES256", digest));
      expect(count).toBe(flipped.length);
    });

    it("refuses a data key with any one bit flipped", async () => {
      const { client } = hsm();
      const blob = await client.generateDataKey(place);
      const flipped = everyBitFlipped(blob);
      expect(await countRejections(flipped, (bad) => client.openDataKey(bad))).toBe(flipped.length);
    });

    it("refuses what is too short, too long or no blob at all", async () => {
      const { client } = hsm();
      const { blob } = await client.generateKey(spec);
      const wrong = [
        new Uint8Array(0),
        new Uint8Array(37),
        new Uint8Array(20_000),
        blob.subarray(1),
        blob.subarray(0, -1),
        concatBytes(blob, new Uint8Array(1)),
        concatBytes(blob, blob),
      ];
      const count = await countRejections(wrong, (bad) => client.sign(bad, "ES256", digest));
      expect(count).toBe(wrong.length);
    });

    it("refuses the blobs of another token", async () => {
      const key = await other().client.generateKey(spec);
      const dataKey = await other().client.generateDataKey(place);
      await expect(hsm().client.sign(key.blob, "ES256", digest)).rejects.toMatchObject(rejected);
      await expect(hsm().client.openDataKey(dataKey)).rejects.toMatchObject(rejected);
    });

    it("refuses a key for anything but its operations", async () => {
      const { client } = hsm();
      const signer = (await client.generateKey(spec)).blob;
      const headSigner = (await client.generateKey({ ...spec, operations: ["signHead"] })).blob;
      const opener = await client.generateDataKey({ ...place, operations: ["open"] });
      const deriver = await client.generateDataKey({ ...place, operations: ["subkey"] });
      const head = { log: "0".repeat(31).concat("f"), size: 1, root: "00".repeat(32), time: 1 };
      const none = new Uint8Array(0);
      // Loaded first for its own use: what is loaded already is refused as well.
      await client.sign(signer, "ES256", digest);
      await client.subkey(deriver, "x", none);
      await expectRejections(
        [
          client.sign(headSigner, "ES256", digest),
          client.sign(opener, "ES256", digest),
          client.signHead(signer, head, []),
          client.signHead(deriver, head, []),
          client.openDataKey(signer),
          client.openDataKey(deriver),
          client.subkey(opener, "x", none),
          client.subkey(signer, "x", none),
        ],
        rejected,
      );
      expect((await client.heads()).map(({ log }) => log)).not.toContain(head.log);
    });

    it("refuses a key where another place is expected", async () => {
      const { client } = hsm();
      const signer = (await client.generateKey(spec)).blob;
      const dataKey = await client.generateDataKey(place);
      for (const wrong of [
        { ...place, scope: "vault-2" },
        { ...place, keyId: "key-2" },
        { scope: "", keyId: "" },
      ]) {
        await expectRejections(
          [
            client.sign(signer, "ES256", digest, wrong),
            client.openDataKey(dataKey, wrong),
            client.subkey(dataKey, "x", digest, wrong),
          ],
          rejected,
        );
      }
    });
  });
}
