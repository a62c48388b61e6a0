// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { utf8 } from "@strongroom/core";
import { ByteReader } from "./byte-reader.ts";
import { littleEndian, u16le, u32le } from "./little-endian.ts";
import { asAscii, decodeText, fromNumbers, toBinary } from "./text-encodings.ts";

const bytes = Uint8Array.from({ length: 30 }, (_, index) => 255 - index);
const base64 = Buffer.from(bytes).toString("base64");
const long = Buffer.from(Uint8Array.from({ length: 24 }, () => 0xfb)).toString("base64");

describe("bytes as people keep them", () => {
  it("are text where all of them are printable, or white space", () => {
    expect(asAscii(utf8(" ~\t\n\v\f\r"))).toBe(" ~\t\n\v\f\r");
    for (const other of [0x08, 0x0e, 0x1f, 0x7f, 0x80]) {
      expect(asAscii(Uint8Array.of(0x41, other))).toBeUndefined();
    }
    expect(asAscii(new Uint8Array(4_194_304).fill(0x41))).toHaveLength(4_194_304);
    expect(asAscii(new Uint8Array(4_194_305).fill(0x41))).toBeUndefined();
  });

  it.each<[string, string, Uint8Array | undefined]>([
    ["hexadecimal", "00fF", Uint8Array.of(0, 255)],
    ["hexadecimal with white space", " 00\n ff ", Uint8Array.of(0, 255)],
    ["hexadecimal with its prefix", "0x00ff", Uint8Array.of(0, 255)],
    ["hexadecimal in lines of two digits", "00\n".repeat(40), new Uint8Array(40)],
    ["hexadecimal with a letter that only ends like white space", "00\u0120ff", undefined],
    ["base64 with a letter that only ends like one of its own", `${base64} \u0141`, undefined],
    ["half a byte", "00f", undefined],
    ["nothing", "", undefined],
    ["base64", base64, bytes],
    ["base64 in lines", `${base64.slice(0, 20)}\r\n${base64.slice(20)}`, bytes],
    [
      "base64 of the other alphabet",
      long.replaceAll("+", "-").replaceAll("/", "_"),
      new Uint8Array(24).fill(0xfb),
    ],
    ["base64 of 32 characters", long, new Uint8Array(24).fill(0xfb)],
    ["base64 of 31 characters", long.slice(1), undefined],
    ["base64 with more before", `?${long}`, undefined],
    ["base64 with more behind", `${long}===`, undefined],
    ["hexadecimal with more before", `?${"00".repeat(20)}`, undefined],
    ["hexadecimal with more behind", `${"00".repeat(20)}?`, undefined],
  ])("are what text spells: %s", (_, text, value) => {
    expect(decodeText(text)).toEqual(value);
  });

  it("are what a list of numbers spells", () => {
    expect(fromNumbers([0, 255])).toEqual(Uint8Array.of(0, 255));
    for (const other of [[256], [-1], [0.5], ["1"], [0, null], "00", { 0: 1 }]) {
      expect(fromNumbers(other)).toBeUndefined();
    }
  });

  it("are a file's own where it spells none", () => {
    expect(toBinary(utf8("00ff"))).toEqual(Uint8Array.of(0, 255));
    expect(toBinary(utf8("word"))).toEqual(utf8("word"));
    const pem = `-----BEGIN CERTIFICATE-----\n${"AAAA".repeat(9)}\n-----END CERTIFICATE-----\n`;
    expect(toBinary(utf8(pem))).toEqual(utf8(pem));
    expect(toBinary(Uint8Array.of(0x80))).toEqual(Uint8Array.of(0x80));
  });
});

describe("numbers with the lowest byte first", () => {
  it("are read without losing bits", () => {
    const reader = new ByteReader(Uint8Array.of(1, 2, 3, 4, 5, 0xff));
    expect([u16le(reader), u32le(reader)]).toEqual([0x0201, 0xff050403]);
    expect(littleEndian(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 0xff))).toBe(0xff07060504030201n);
    expect(littleEndian(Uint8Array.of(1, 2, 3))).toBe(0x030201n);
    expect(littleEndian(new Uint8Array())).toBe(0n);
  });
});
