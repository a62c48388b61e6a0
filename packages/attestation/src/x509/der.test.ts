// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { fromHex, isStrongroomError, toHex } from "@strongroom/core";
import fc from "fast-check";
import { assertDer, firstDerValue } from "./der.ts";

const malformed = expect.objectContaining({ code: "EvidenceMalformed" });

describe("strict DER", () => {
  it.each([
    ["a sequence of true, 1 and null", "30080101ff0201010500"],
    ["a negative integer", "0201ff"],
    ["a bit string with unused zero bits", "03020780"],
    ["an empty bit string", "030100"],
    ["a context tag", "a003020102"],
  ])("takes %s", (_, hex) => {
    expect(() => assertDer(fromHex(hex))).not.toThrow();
  });

  it.each([
    ["an indefinite length", "3080020101 0000"],
    ["a long length that fits in one byte", "0281017f"],
    ["a length with a leading zero byte", "02820001 7f"],
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
    expect(() => assertDer(fromHex(hex.replace(" ", "")))).toThrow(malformed);
  });

  it("refuses values that are nested without end", () => {
    let hex = "0500";
    for (let depth = 0; depth < 40; depth += 1) {
      hex = `30${(hex.length / 2).toString(16).padStart(2, "0")}${hex}`;
    }
    expect(() => assertDer(fromHex(hex))).toThrow(malformed);
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
    expect(() => firstDerValue(fromHex("0205ff"))).toThrow(malformed);
  });
});
