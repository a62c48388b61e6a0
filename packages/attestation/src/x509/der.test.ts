// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { fromHex, isStrongroomError, toHex } from "@strongroom/core";
import fc from "fast-check";
import { assertDer, derValues, firstDerValue } from "./der.ts";

const malformed = expect.objectContaining({ code: "EvidenceMalformed" });

describe("strict DER", () => {
  it.each([
    ["a sequence of true, 1 and null", "30080101ff0201010500"],
    ["a negative integer", "0201ff"],
    ["a bit string with unused zero bits", "03020780"],
    ["an empty bit string", "030100"],
    ["a context tag", "a003020102"],
    ["a private tag", "e003020102"],
    ["a set", "3103020101"],
    ["false", "010100"],
    ["an integer of zero", "020100"],
    ["an integer that needs its zero", "02020080"],
    ["a negative integer that needs its ones", "0202ff7f"],
    ["integers of two bytes", "3008020201 80 0202807f"],
    ["an identifier", "06022a03"],
    ["a bit string of all bits", "030200ff"],
    ["128 bytes", `048180${"00".repeat(128)}`],
    ["256 bytes", `04820100${"00".repeat(256)}`],
    ["65,536 bytes", `0483010000${"00".repeat(65_536)}`],
  ])("takes %s", (_, hex) => {
    expect(() => assertDer(fromHex(hex.replaceAll(" ", "")))).not.toThrow();
  });

  it("counts values, nested ones and itself, where there may not be many", () => {
    const of = (count: number) =>
      fromHex(`3082${(4 * count).toString(16).padStart(4, "0")}${"30020500".repeat(count)}`);
    expect(() => assertDer(of(100), 201)).not.toThrow();
    expect(() => assertDer(of(100), 200)).toThrow("too many others");
    expect(() => assertDer(of(5_000))).not.toThrow();
  });

  it.each([
    ["an indefinite length", "3080020101 0000"],
    ["a long length that fits in one byte", "0281017f"],
    ["a length with a leading zero byte", "02820001 7f"],
    ["a length of four bytes", "0484000000 0100"],
    ["255 bytes with a length of two", `048200ff${"00".repeat(255)}`],
    ["127 bytes with a length of one more", `04817f${"00".repeat(127)}`],
    ["a truth value of nothing", "0100"],
    ["a truth value of two bytes", "0102ffff"],
    ["an identifier of nothing", "0600"],
    ["a bit string of nothing", "0300"],
    ["eight unused bits", "03020800"],
    ["unused bits of nothing", "030101"],
    ["an integer with a superfluous zero", "0202007f"],
    ["an integer with superfluous ones", "0202ff80"],
    ["an empty integer", "0200"],
    ["a truth value that is neither", "010101"],
    ["unused bits that are set", "03020781"],
    ["an octet string in pieces", "2403040101"],
    ["a null with content", "050100"],
    ["an identifier that breaks off", "060181"],
    ["a high tag", "1f0100"],
    ["bytes after it", "050000"],
    ["a content that is not there", "0403"],
    ["nothing", ""],
  ])("refuses %s", (_, hex) => {
    expect(() => assertDer(fromHex(hex.replaceAll(" ", "")))).toThrow(malformed);
  });

  it("takes values in 24 others, and refuses deeper ones", () => {
    const nested = (depth: number) => {
      let hex = "0500";
      for (let left = depth; left > 0; left -= 1) {
        hex = `30${(hex.length / 2).toString(16).padStart(2, "0")}${hex}`;
      }
      return fromHex(hex);
    };
    expect(() => assertDer(nested(24))).not.toThrow();
    expect(() => assertDer(nested(25))).toThrow("nested too deep");
  });

  it("takes a value of 256 KiB, and refuses longer ones", () => {
    const octets = (length: number) =>
      Uint8Array.from(
        [0x04, 0x83, length >> 16, (length >> 8) & 0xff, length & 0xff].concat(
          Array(length).fill(0),
        ),
      );
    expect(() => assertDer(octets(262_144 - 5))).not.toThrow();
    expect(() => assertDer(octets(262_144 - 4))).toThrow("too long");
  });

  it("takes 16,384 values one after the other, and refuses more", () => {
    const nulls = (count: number) => new Uint8Array(Buffer.alloc(count * 2, "0500", "hex"));
    expect(derValues(nulls(16_384))).toHaveLength(16_384);
    expect(() => derValues(nulls(16_385))).toThrow("too many others");
  });

  it.each([
    ["3080", "length is indefinite or too long"],
    ["048400000001", "length is indefinite or too long"],
    ["04817f", "length is not in its shortest form"],
    ["048200ff", "length is not in its shortest form"],
    ["2403040101", "strings in pieces"],
  ])("says of %s: %s", (hex, message) => {
    expect(() => assertDer(fromHex(hex))).toThrow(message);
  });

  it("throws nothing but EvidenceMalformed", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        try {
          assertDer(bytes);
        } catch (error) {
          expect(isStrongroomError(error, "EvidenceMalformed")).toBe(true);
        }
      }),
      { numRuns: 3000 },
    );
  });

  it("cuts a value out of padded memory", () => {
    expect(toHex(firstDerValue(fromHex("0201050000ffff")))).toBe("020105");
    expect(toHex(firstDerValue(fromHex("020105")))).toBe("020105");
    expect(() => firstDerValue(fromHex("0205ff"))).toThrow(malformed);
  });
});
