// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { concatBytes, deriveSubkey, sha256, utf8 } from "@strongroom/core";
import { decodeEntries, type Entry, encodeEntries, entryOf } from "./entries.ts";
import { fillStore } from "./fill-store.ts";
import { chunkBytes } from "./limits.ts";
import { openStream, sealStream } from "./sealed-stream.ts";

const keyBlob = utf8("key blob");
const derive = async (label: string, context: Uint8Array) =>
  deriveSubkey(sha256(utf8("data key")), label, context);
const keys = { of: () => derive };
const refusal = { code: "BadParameter" };

async function whole(bytes: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const piece of bytes) {
    pieces.push(piece);
  }
  return concatBytes(...pieces);
}

const seal = (plain: Uint8Array) => whole(sealStream(keyBlob, derive, [plain]));
const open = (sealed: Uint8Array) => whole(openStream([sealed], keys));
const startLength = 1 + 4 + keyBlob.length + 32;
const sealedChunk = 4 + chunkBytes + 16;

describe("a sealed stream", () => {
  it("is version, length and key blob, salt, and chunks behind their lengths", async () => {
    const sealed = await seal(new Uint8Array(chunkBytes + 5));
    expect([...sealed.subarray(0, 5 + keyBlob.length)]).toEqual([1, 0, 0, 0, 8, ...keyBlob]);
    expect(sealed).toHaveLength(startLength + sealedChunk + 4 + 5 + 16);
    const second = startLength + sealedChunk;
    expect([...sealed.subarray(second, second + 4)]).toEqual([0, 0, 0, 21]);
  });

  it.each([0, 1, chunkBytes - 1, chunkBytes, chunkBytes + 1, 3 * chunkBytes])(
    "gives back %d bytes, in pieces of any size",
    async (length) => {
      const plain = new Uint8Array(randomBytes(length));
      const sealed = await seal(plain);
      expect(Buffer.compare(await open(sealed), plain)).toBe(0);
      const pieces = [sealed.subarray(0, 3), sealed.subarray(3, 50), sealed.subarray(50)];
      expect(Buffer.compare(await whole(openStream(pieces, keys)), plain)).toBe(0);
    },
  );

  it("opens in no form but the one that was made", async () => {
    const sealed = await seal(utf8("content"));
    for (let at = 0; at < sealed.length; at += 1) {
      const changed = sealed.slice();
      changed[at] = (changed[at] ?? 0) ^ 0x40;
      await expect(open(changed)).rejects.toMatchObject(refusal);
      await expect(open(sealed.subarray(0, at))).rejects.toMatchObject(refusal);
    }
    await expect(open(concatBytes(sealed, new Uint8Array(1)))).rejects.toMatchObject(refusal);
  });

  it("opens neither with a chunk left out, nor exchanged, nor with its end cut off", async () => {
    const sealed = await seal(new Uint8Array(randomBytes(2 * chunkBytes + 7)));
    const start = sealed.subarray(0, startLength);
    const [one, two, last] = [0, 1, 2].map((index) =>
      sealed.subarray(startLength + index * sealedChunk, startLength + (index + 1) * sealedChunk),
    ) as [Uint8Array, Uint8Array, Uint8Array];
    expect(await open(concatBytes(start, one, two, last))).toHaveLength(2 * chunkBytes + 7);
    for (const chunks of [
      [one, two],
      [one, last],
      [two, one, last],
      [one, two, two, last],
      [last],
    ]) {
      await expect(open(concatBytes(start, ...chunks))).rejects.toMatchObject(refusal);
    }
  });
});

describe("the entries of a backup", () => {
  const begin = entryOf({ kind: "begin", time: 1, heads: [] });
  const leaf = entryOf({ kind: "leaf", log: "a", index: 0 }, utf8("leaf"));
  const end = (leaves: number) => entryOf({ kind: "end", records: 0, values: 0, leaves });
  const fill = async (...entries: readonly Entry[]) => {
    const source = (async function* () {
      yield* entries;
    })();
    const written: unknown[] = [];
    const commit = async (batch: readonly unknown[]) => {
      written.push(...batch);
      return { changedByOthers: false };
    };
    await fillStore({ commit }, decodeEntries(encodeEntries(source)));
    return written;
  };

  it("become rows, if they begin, end and count as they must", async () => {
    expect(await fill(begin, leaf, end(1))).toEqual([
      { kind: "leaves", log: "a", from: 0, texts: ["leaf"] },
    ]);
    for (const wrong of [
      [],
      [begin, leaf],
      [leaf, end(1)],
      [begin, begin, end(0)],
      [begin, leaf, end(2)],
      [begin, end(0), leaf],
    ]) {
      await expect(fill(...wrong)).rejects.toMatchObject(refusal);
    }
  });
});
