// SPDX-License-Identifier: Apache-2.0
/** The format: its exact bytes, files of every length around a chunk's, and everything that must not open. */

import { createCipheriv, createHash } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { byteSource } from "./byte-source.ts";
import { chunkLength, sealChunks } from "./chunks.ts";
import { deriveFileKey, makeHeader, type WrappedKey } from "./header.ts";
import { open, seal } from "./sealed-file.ts";

const wrapped: WrappedKey = {
  ...{ alg: "RSA-OAEP-256", kid: "https://v/keys/k/1", value: "AAAA" },
};
const bytes = new Uint8Array(32).fill(1);
const dataKey = { bytes, wrapped };
const sealedLength = chunkLength + 16;

/** In pieces of some length, as streams come. */
async function* piecesOf(content: Uint8Array, length = 50_000): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < content.length; at += length) {
    yield content.subarray(at, at + length);
  }
}

async function whole(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of stream) {
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

const contentOf = (length: number) =>
  Buffer.from(Uint8Array.from({ length }, (_, index) => (index * 7 + (index >> 8)) & 0xff));
const sealed = async (content: Uint8Array, key = dataKey) =>
  await whole(seal(piecesOf(content), key));
const opened = async (file: Uint8Array, key = bytes) => await whole(open(piecesOf(file), key));
const headerLength = makeHeader(wrapped, new Uint8Array(32)).bytes.length;
const lengths = [0, 1, 65_535, 65_536, 65_537, 131_072, 131_073];

describe("a sealed file", () => {
  it.each(lengths)("of %i bytes comes back as it was, and is so much longer", async (length) => {
    const content = contentOf(length);
    const file = await sealed(content);
    const chunks = Math.max(1, Math.ceil(length / chunkLength));
    expect(file).toHaveLength(headerLength + length + 16 * chunks);
    expect((await opened(file)).equals(content)).toBe(true);
    for (const pieces of [1, 65_552, 1_000_000]) {
      if (pieces > 1 || length < 2) {
        expect((await whole(open(piecesOf(file, pieces), bytes))).equals(content)).toBe(true);
      }
    }
  });

  it("has these bytes", async () => {
    const header = makeHeader(wrapped, new Uint8Array(32).fill(2));
    const json = '{"alg":"RSA-OAEP-256","kid":"https://v/keys/k/1","value":"AAAA"}';
    const prefix = Buffer.from([1, 0, 0, 0, json.length]);
    const salt = Buffer.alloc(32, 2);
    expect(Buffer.from(header.bytes)).toEqual(Buffer.concat([prefix, Buffer.from(json), salt]));
    const key = deriveFileKey(bytes, header);
    const chunks = await whole(sealChunks(byteSource(piecesOf(contentOf(65_537))), key));
    const digest = createHash("sha256").update(chunks).digest("hex");
    expect([Buffer.from(key).toString("hex"), digest]).toEqual([
      // Computed by another implementation.
      "453d71a7ce51fa590d9285327953b21167fd28ac8f22291c5a346c5a6879f4a4",
      "26e790dced4ece394c07c2b9e347fcc0dd75a32639a1530b035dae90c1647a8a",
    ]);
  });

  it("is another file each time, and never under a data key of its own alone", async () => {
    const [one, two] = [await sealed(contentOf(9)), await sealed(contentOf(9))];
    expect(one.subarray(headerLength).equals(two.subarray(headerLength))).toBe(false);
  });

  it("does not open where its end is missing, wherever it is cut", async () => {
    const file = await sealed(contentOf(131_073));
    const second = headerLength + 2 * sealedLength;
    for (const [end, message] of [
      [0, "no sealed file"],
      [3, "no sealed file"],
      [headerLength - 1, "cut in its header"],
      [headerLength, "cut at chunk 1"],
      [headerLength + 15, "cut at chunk 1"],
      [headerLength + 16, "changed at chunk 1"],
      [headerLength + sealedLength, "cut behind chunk 1"],
      [second, "cut behind chunk 2"],
      [second + 1, "cut at chunk 3"],
      [file.length - 2, "cut at chunk 3"],
      [file.length - 1, "changed at chunk 3"],
      [second - 1, "changed at chunk 2"],
    ] as const) {
      await expect(opened(file.subarray(0, end))).rejects.toThrow(message);
    }
  });

  it("does not open where chunks were moved, left out, repeated or added", async () => {
    const file = await sealed(contentOf(200_000));
    const other = await sealed(contentOf(200_000));
    const head = file.subarray(0, headerLength);
    const chunk = (index: number, of = file) => {
      const start = headerLength + index * sealedLength;
      return of.subarray(start, start + sealedLength);
    };
    const last = chunk(3);
    for (const [chunks, at] of [
      [[chunk(1), chunk(0), chunk(2), last], "changed at chunk 1"],
      [[chunk(0), chunk(2), last], "changed at chunk 2"],
      [[chunk(0), chunk(0), chunk(1), chunk(2), last], "changed at chunk 2"],
      [[chunk(0), chunk(1), last], "changed at chunk 3"],
      [[chunk(0), chunk(1), chunk(2), last, last], "changed at chunk 4"],
      [[chunk(0), chunk(1), chunk(2), last, Buffer.alloc(1)], "changed at chunk 4"],
      [[chunk(0, other), chunk(1), chunk(2), last], "changed at chunk 1"],
      [[chunk(0), chunk(1, other), chunk(2), last], "changed at chunk 2"],
    ] as const) {
      await expect(opened(Buffer.concat([head, ...chunks]))).rejects.toThrow(at);
    }
    const whole = await sealed(contentOf(65_536));
    await expect(opened(Buffer.concat([whole, Buffer.alloc(1)]))).rejects.toThrow(
      "something follows the end",
    );
  });

  it("does not open with another data key, or under another header", async () => {
    const file = await sealed(contentOf(10));
    await expect(opened(file, new Uint8Array(32))).rejects.toThrow("another key's");
    const other = await sealed(contentOf(10), {
      bytes,
      wrapped: { ...wrapped, kid: "https://v/keys/k/2" },
    });
    const mixed = [other.subarray(0, headerLength), file.subarray(headerLength)];
    await expect(opened(Buffer.concat(mixed))).rejects.toThrow("changed at chunk 1");
  });

  it("has no empty chunk behind others, though who has the key could make one", async () => {
    const header = makeHeader(wrapped, new Uint8Array(32));
    const key = deriveFileKey(bytes, header);
    const chunk = (index: number, isLast: number, content: Uint8Array) => {
      const iv = Buffer.alloc(12);
      iv[10] = index;
      iv[11] = isLast;
      const cipher = createCipheriv("aes-256-gcm", key, iv);
      return Buffer.concat([cipher.update(content), cipher.final(), cipher.getAuthTag()]);
    };
    const first = chunk(0, 0, contentOf(chunkLength));
    const [good, empty] = [chunk(1, 1, contentOf(1)), chunk(1, 1, new Uint8Array(0))];
    expect(await opened(Buffer.concat([header.bytes, first, good]))).toHaveLength(65_537);
    await expect(opened(Buffer.concat([header.bytes, first, empty]))).rejects.toThrow("chunk 2");
  });

  it("gives nothing that was changed anywhere, but what came before it", async () => {
    const content = contentOf(70_000);
    const file = await sealed(content);
    await fc.assert(
      fc.asyncProperty(
        fc.nat(file.length - 1),
        fc.integer({ min: 1, max: 255 }),
        async (at, by) => {
          const changed = Buffer.from(file);
          changed[at] = (changed[at] ?? 0) ^ by;
          const got: Uint8Array[] = [];
          await expect(
            (async () => {
              for await (const piece of open(piecesOf(changed), bytes)) {
                got.push(piece);
              }
            })(),
          ).rejects.toThrow();
          const before = Buffer.concat(got);
          expect(before.equals(content.subarray(0, before.length))).toBe(true);
        },
      ),
      { numRuns: 60 },
    );
  });
});
