// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { concatBytes, utf8 } from "@strongroom/core";
import { createNvidiaVendor, createRimVendor, pemOf } from "@strongroom/testing";
import { parseRim } from "./parse-rim.ts";
import { readRim } from "./read-rim.ts";

const rim = createRimVendor().rim();
const base64 = Buffer.from(rim).toString("base64");
const answer = (fields: object) => utf8(JSON.stringify(fields));

/** As long as an answer may be, and so many bytes more. */
const longAnswer = (more: number) =>
  answer({ rim: base64, a: "x".repeat(262_144 + more - answer({ rim: base64, a: "" }).length) });

describe("a file of reference values", () => {
  it.each([
    ["as it is", rim],
    ["behind a byte order mark", concatBytes(Uint8Array.of(0xef, 0xbb, 0xbf), rim)],
    ["behind white space", concatBytes(utf8("\r\n "), rim)],
    ["in base64", utf8(base64)],
    ["in an answer of the greatest length", longAnswer(0)],
    ["in the service's answer", answer({ id: "NV_GPU_DRIVER_GH100_1", rim: base64, sha256: "" })],
  ])("is known %s", (_, file) => {
    const read = Buffer.from(readRim(file) ?? []);
    expect(read.subarray(-rim.length)).toEqual(Buffer.from(rim));
  });

  it.each([
    ["a certificate", createNvidiaVendor().device().certificates[0] ?? new Uint8Array()],
    ["a certificate in PEM", utf8(pemOf("CERTIFICATE", rim))],
    ["nothing", new Uint8Array()],
    ["a key set", answer({ keys: [] })],
    ["an answer without values", answer({ id: "a" })],
    ["an answer with a list", answer({ rim: [base64] })],
    ["a list", utf8("[{}]")],
    ["a part of a byte order mark", concatBytes(Uint8Array.of(0xef, 0x41, 0x42), rim)],
    ["an answer that is too long", longAnswer(1)],
  ])("is none: %s", (_, file) => {
    expect(readRim(file)).toBeUndefined();
  });

  it("is xml of any length, which is refused where it is read", () => {
    const long = concatBytes(rim, new Uint8Array(262_144).fill(0x20));
    expect(readRim(long)).toBe(long);
    expect(() => parseRim(long)).toThrow(expect.objectContaining({ code: "EvidenceMalformed" }));
  });

  it("is refused as json that readers read differently", () => {
    expect(() => readRim(utf8('{"rim":"a","rim":"b"}'))).toThrow(
      expect.objectContaining({ code: "EvidenceMalformed" }),
    );
  });
});
