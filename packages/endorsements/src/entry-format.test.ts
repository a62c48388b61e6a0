// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { concatBytes, sha256, utf8 } from "@strongroom/core";
import { decodeEntry, encodeEntry } from "./entry-format.ts";

const endorsement = {
  name: "intel/crl/root",
  files: [utf8("abc")],
  fetchedAt: new Date(1_000),
  age: { number: 5n, issuedAt: new Date(2_000), nextUpdate: new Date(3_000) },
};

describe("the file of an endorsement", () => {
  it("has these bytes", () => {
    const json =
      '{"age":{"issuedAt":2000,"nextUpdate":3000,"number":"5"},"fetchedAt":1000,"files":["YWJj"],"name":"intel/crl/root"}';
    const digest = sha256(utf8(`strongroom/endorsement/v1\0${json}`));
    expect(encodeEntry(endorsement)).toEqual(concatBytes(Uint8Array.of(1), digest, utf8(json)));
  });

  it("reads as it was written", () => {
    expect(decodeEntry(encodeEntry(endorsement))).toEqual(endorsement);
    const forEver = { ...endorsement, age: {} };
    expect(decodeEntry(encodeEntry(forEver))).toEqual(forEver);
  });

  it("reads as none with any byte changed, or cut anywhere", () => {
    const bytes = encodeEntry(endorsement);
    for (let at = 0; at < bytes.length; at += 1) {
      expect(
        decodeEntry(bytes.map((byte, index) => (index === at ? byte ^ 0x10 : byte))),
      ).toBeUndefined();
      expect(decodeEntry(bytes.subarray(0, at))).toBeUndefined();
    }
  });

  it.each([
    ["no JSON", utf8("{")],
    ["no text", Uint8Array.of(0xff)],
    ["another kind of JSON", utf8('{"name":"intel/crl/root"}')],
  ])("reads as none where its digest is right, of %s", (_, content) => {
    const digest = sha256(concatBytes(utf8("strongroom/endorsement/v1\0"), content));
    expect(decodeEntry(concatBytes(Uint8Array.of(1), digest, content))).toBeUndefined();
  });
});
