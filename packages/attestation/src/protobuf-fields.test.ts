// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { concatBytes, fromHex } from "@strongroom/core";
import { protobufField } from "./__fixtures__/tpm-files.ts";
import { bytesOf, readProtobuf } from "./protobuf-fields.ts";

const ones = (count: number) => new Uint8Array(count).fill(0xff);

describe("a message of Protocol Buffers", () => {
  it.each<[string, string, bigint | Uint8Array]>([
    ["zero", "0800", 0n],
    ["a number of one byte", "087f", 127n],
    ["a number of two", "088001", 128n],
    ["a number with zeros before it", "08808001", 16_384n],
    ["the greatest number", "08ffffffffffffffffff01", 2n ** 64n - 1n],
    ["eight bytes", "090102030405060708", fromHex("0102030405060708")],
    ["no bytes", "0a00", new Uint8Array()],
    ["bytes", "0a020102", fromHex("0102")],
    ["four bytes", "0d01020304", fromHex("01020304")],
  ])("may have %s: %s", (_, hex, value) => {
    expect(readProtobuf(fromHex(hex))).toEqual(new Map([[1, [value]]]));
  });

  it("has the values of each field in their order, whatever stands between them", () => {
    const parts = [
      [2, 5],
      [16, Uint8Array.of(1)],
      [2, Uint8Array.of(2)],
      [16, ones(200)],
    ] as const;
    const fields = readProtobuf(
      concatBytes(...parts.map(([one, value]) => protobufField(one, value))),
    );
    expect(fields).toEqual(
      new Map<number, unknown>([
        [2, [5n, Uint8Array.of(2)]],
        [16, [Uint8Array.of(1), ones(200)]],
      ]),
    );
    expect(bytesOf(fields, 2)).toEqual([Uint8Array.of(2)]);
    expect(bytesOf(fields, 3)).toEqual([]);
    expect(readProtobuf(new Uint8Array()).size).toBe(0);
  });

  it.each<[string, string, Uint8Array]>([
    ["field 0", "not a message", fromHex("0000")],
    [
      "a number without an end",
      "does not end",
      concatBytes(fromHex("08"), ones(10), fromHex("01")),
    ],
    ["a number cut short", "bytes expected", fromHex("0880")],
    ["bytes cut short", "bytes expected", fromHex("0a0201")],
    [
      "bytes beyond all lengths",
      "bytes expected",
      concatBytes(fromHex("0a"), ones(9), fromHex("01")),
    ],
    ...[3, 4, 6, 7].map((type): [string, string, Uint8Array] => {
      return [`type ${type}`, "a type that is not known", Uint8Array.of(8 + type, 0, 0, 0, 0)];
    }),
  ])("is malformed with %s: %s", (_, message, bytes) => {
    expect(() => readProtobuf(bytes)).toThrow(
      expect.objectContaining({
        code: "EvidenceMalformed",
        message: expect.stringContaining(message),
      }),
    );
  });

  it("has 4096 values at most", () => {
    const many = (count: number) => concatBytes(...Array<Uint8Array>(count).fill(fromHex("0801")));
    expect(readProtobuf(many(4096)).get(1)).toHaveLength(4096);
    expect(() => readProtobuf(many(4097))).toThrow("too many");
  });
});
