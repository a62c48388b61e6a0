// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { isStrongroomError } from "@strongroom/core";
import fc from "fast-check";
import { ByteReader } from "./byte-reader.ts";

const operation = fc.oneof(
  fc.constantFrom("u8", "u16", "u32", "u64", "sized16", "rest", "end"),
  fc.integer({ min: -5, max: 70000 }),
  fc.double(),
  fc.record({ skip: fc.oneof(fc.integer({ min: -5, max: 70000 }), fc.double()) }),
);

function perform(reader: ByteReader, step: string | number | { readonly skip: number }): unknown {
  if (typeof step === "number") {
    return reader.bytes(step);
  }
  if (typeof step === "object") {
    return reader.skip(step.skip);
  }
  return reader[step as "u8"]();
}

describe("the byte reader", () => {
  it("throws nothing but EvidenceMalformed and never reads beyond its bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), fc.array(operation), (bytes, steps) => {
        const reader = new ByteReader(bytes);
        let left = bytes.length;
        for (const step of steps) {
          try {
            perform(reader, step);
          } catch (error) {
            expect(isStrongroomError(error, "EvidenceMalformed")).toBe(true);
          }
          expect(reader.remaining).toBeLessThanOrEqual(left);
          expect(reader.remaining).toBeGreaterThanOrEqual(0);
          left = reader.remaining;
        }
      }),
      { numRuns: 2000 },
    );
  });

  it("reads big-endian numbers without losing bits", () => {
    const reader = new ByteReader(new Uint8Array(15).fill(0xff));
    expect([reader.u8(), reader.u16(), reader.u32(), reader.u64()]).toEqual([
      0xff,
      0xffff,
      0xffffffff,
      0xffffffffffffffffn,
    ]);
    reader.end();
  });

  it("copies, so that a change of the source does not change what was read", () => {
    const source = new Uint8Array([1, 2, 3]);
    const read = new ByteReader(source).rest();
    source.fill(0);
    expect([...read]).toEqual([1, 2, 3]);
  });

  it("reads the part of a larger buffer that it was given and no other", () => {
    const part = new Uint8Array([9, 9, 0, 1, 9]).subarray(2, 4);
    const reader = new ByteReader(part);
    expect(reader.u16()).toBe(1);
    expect(() => reader.u8()).toThrow(expect.objectContaining({ code: "EvidenceMalformed" }));
  });

  it("reads a format inside of another within that one's bytes, which are read then", () => {
    const reader = new ByteReader(new Uint8Array([1, 2, 3, 4]));
    expect(reader.u8()).toBe(1);
    const inner = reader.nested(2);
    expect([inner.u16(), inner.remaining, reader.remaining]).toEqual([0x0203, 0, 1]);
    expect([...inner.consumed()]).toEqual([2, 3]);
    expect([...reader.consumed()]).toEqual([1, 2, 3]);
    const refused = expect.objectContaining({ code: "EvidenceMalformed" });
    expect(() => inner.u8()).toThrow(refused);
    expect(() => reader.nested(2)).toThrow(refused);
  });

  it("passes over bytes that are there, and over no others", () => {
    const reader = new ByteReader(new Uint8Array([1, 2, 3, 4]));
    const inner = reader.nested(3);
    inner.skip(2);
    expect([inner.remaining, inner.u8()]).toEqual([1, 3]);
    expect(() => inner.skip(1)).toThrow(expect.objectContaining({ code: "EvidenceMalformed" }));
    expect([...inner.consumed()]).toEqual([1, 2, 3]);
    reader.skip(1);
    reader.end();
  });

  it("reads nothing behind the format that lies inside of another", () => {
    const inner = new ByteReader(new Uint8Array([1, 2, 3, 4])).nested(2);
    const refused = expect.objectContaining({ code: "EvidenceMalformed" });
    expect(() => inner.bytes(3)).toThrow(refused);
    expect(() => inner.u32()).toThrow(refused);
    expect(() => inner.nested(3)).toThrow(refused);
    expect([...inner.rest()]).toEqual([1, 2]);
  });

  it("refuses a byte string that is longer than allowed, and bytes after the end", () => {
    const refused = expect.objectContaining({ code: "EvidenceMalformed" });
    expect(() => new ByteReader(new Uint8Array([0, 2, 1, 1])).sized16(1)).toThrow(refused);
    expect(() => new ByteReader(new Uint8Array(1)).end()).toThrow(refused);
  });
});
