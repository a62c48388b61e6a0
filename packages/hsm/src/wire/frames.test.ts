// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { concatBytes, u32be } from "@strongroom/core";
import fc from "fast-check";
import { encodeFrame, FrameReader } from "./frames.ts";

function readAll(reader: FrameReader, chunk: Uint8Array): readonly Uint8Array[] {
  reader.push(chunk);
  const messages: Uint8Array[] = [];
  for (let next = reader.next(); next !== undefined; next = reader.next()) {
    messages.push(new Uint8Array(next));
  }
  return messages;
}

describe("frames", () => {
  it("come out as they went in, however the stream is cut", () => {
    const message = fc.uint8Array({ minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(fc.array(message), fc.array(fc.nat(30)), (messages, cuts) => {
        const stream = concatBytes(...messages.map(encodeFrame));
        const reader = new FrameReader(40);
        const out: Uint8Array[] = [];
        let at = 0;
        for (const length of [...cuts, stream.length]) {
          out.push(...readAll(reader, stream.subarray(at, at + length)));
          at += length;
        }
        expect(out).toEqual(messages);
      }),
    );
  });

  it.each([0, 101, 0xffff_ffff])(
    "of length %d are refused before their bytes are there",
    (length) => {
      const reader = new FrameReader(100);
      reader.push(u32be(length));
      expect(() => reader.next()).toThrow("a frame has an unacceptable length");
    },
  );
});
