// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { concatBytes, sha256, toHex, utf8 } from "@strongroom/core";
import { certificateList, signatureList } from "../__fixtures__/test-signature-list.ts";
import { certificatesOf, readSignatureLists } from "./signature-list.ts";

const digestType = "2616c4c14c509240aca941f936934328";
const [one, another] = [utf8("certificate one"), utf8("certificate two")];
const digestOf = (bytes: Uint8Array) => toHex(sha256(bytes));

describe("a variable of Secure Boot", () => {
  it("has the entries of all of its lists, in their order", () => {
    const bytes = concatBytes(
      certificateList(one),
      signatureList(digestType, [new Uint8Array(32), new Uint8Array(32).fill(1)]),
      certificateList(another),
    );
    expect(readSignatureLists(bytes)?.map(({ data }) => toHex(data))).toEqual(
      [one, new Uint8Array(32), new Uint8Array(32).fill(1), another].map(toHex),
    );
    expect(certificatesOf(bytes)).toBeUndefined();
  });

  it("is told by its certificates where it has nothing else", () => {
    const bytes = concatBytes(certificateList(one), certificateList(another));
    expect(certificatesOf(bytes)).toEqual([digestOf(one), digestOf(another)]);
    expect(certificatesOf(signatureList(undefined, [one, another]))).toEqual([
      digestOf(one),
      digestOf(another),
    ]);
  });

  it("of no entries, or one that was not measured, has no certificates to be told by", () => {
    expect(readSignatureLists(new Uint8Array())).toEqual([]);
    expect(certificatesOf(new Uint8Array())).toBeUndefined();
    expect(readSignatureLists(signatureList(undefined, []))).toEqual([]);
    expect(certificatesOf(signatureList(undefined, []))).toBeUndefined();
    expect(certificatesOf(undefined)).toBeUndefined();
  });

  it.each<[string, (list: Uint8Array) => Uint8Array]>([
    ["is cut short", (list) => list.slice(0, -1)],
    ["has more behind it", (list) => concatBytes(list, Uint8Array.of(0))],
    ["is shorter than its header", (list) => patched(list, 16, 27)],
    ["has entries that do not fill it", (list) => patched(list, 24, 30)],
    ["has entries without data", (list) => patched(list, 24, 16)],
    ["has a header longer than itself", (list) => patched(list, 20, 0xffffffff)],
  ])("is none where a list %s", (_, change) => {
    expect(readSignatureLists(change(certificateList(one)))).toBeUndefined();
  });

  it("is none with entries that are an owner and nothing else, though they fill it", () => {
    const list = certificateList(new Uint8Array(16));
    expect(readSignatureLists(list)).toHaveLength(1);
    expect(readSignatureLists(patched(list, 24, 16))).toBeUndefined();
    expect(readSignatureLists(patched(list, 24, 0))).toBeUndefined();
  });

  it("is none with more entries than anybody has", () => {
    const entries = Array.from({ length: 8193 }, () => Uint8Array.of(1));
    expect(readSignatureLists(signatureList(undefined, entries))).toBeUndefined();
    expect(readSignatureLists(signatureList(undefined, entries.slice(1)))).toHaveLength(8192);
  });
});

function patched(list: Uint8Array, offset: number, value: number): Uint8Array {
  const bytes = Uint8Array.from(list);
  new DataView(bytes.buffer).setUint32(offset, value, true);
  return bytes;
}
