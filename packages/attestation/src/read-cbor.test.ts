// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { concatBytes, fromHex, u32be } from "@strongroom/core";
import { malformedWith } from "./__fixtures__/malformed-with.ts";
import { readCbor } from "./read-cbor.ts";

describe("CBOR of an untrusted document", () => {
  it.each<[string, string, unknown]>([
    [
      "labels of numbers and texts",
      "a30a012001616103",
      new Map<unknown, unknown>([
        [10, 1],
        [-1, 1],
        ["a", 3],
      ]),
    ],
    ["a map and a text without their lengths", "bf7f6161ff01ff", new Map([["a", 1]])],
    ["a number longer than it needs", "1b000000000000000a", 10],
    ["a number beyond what is exact", "1bffffffffffffffff", 2n ** 64n - 1n],
    ["nothing", "a0", new Map()],
  ])("may have %s", (_, hex, value) => {
    expect(readCbor(fromHex(hex))).toEqual(value);
  });

  it.each([
    ["a number twice", "a20a010a02"],
    ["a number twice, once in two bytes", "a20a01180a02"],
    ["a number twice, once in nine bytes", "a220013b000000000000000002"],
    ["a text twice, once with a longer length", "a261610178016102"],
    ["a text twice, once in pieces", "bf6161017f6161ff02ff"],
    ["bytes for a key", "a1416101"],
    ["a list for a key", "a1800a"],
    ["a truth for a key", "a1f50a"],
    ["a tag for a key", "a1c1000a"],
    ["a fraction", "f93e00"],
    ["something behind it", "a000"],
    ["nine lists, one in the other", "818181818181818180"],
  ])("is malformed with %s", (_, hex) => {
    expect(() => readCbor(fromHex(hex))).toThrow(malformedWith("not cbor of the expected kind"));
  });

  it("has 64 KiB at most", () => {
    const text = (length: number) =>
      concatBytes(fromHex("5a"), u32be(length), new Uint8Array(length));
    expect(readCbor(text(65_531))).toHaveLength(65_531);
    expect(() => readCbor(text(65_532))).toThrow(malformedWith("too long"));
  });
});
