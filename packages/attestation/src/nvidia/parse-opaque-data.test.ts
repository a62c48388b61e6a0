// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { concatBytes, fromHex, utf8 } from "@strongroom/core";
import { writeNvidiaFields } from "@strongroom/testing";
import { parseOpaqueData } from "./parse-opaque-data.ts";

const fields = [
  [3, utf8("620.54\0")],
  [20, new Uint8Array(48).fill(7)],
  [0x1234, new Uint8Array()],
] as const;
const layout = (value: string) => [[34, fromHex(value)] as const];

describe("the vendor's fields in a report of an NVIDIA device", () => {
  it.each<[string, Uint8Array]>([
    ["without a header", writeNvidiaFields(fields)],
    ["behind a header", writeNvidiaFields(fields, [2, 0, 0, 0])],
    ["behind a header of an older version", writeNvidiaFields(fields, [0, 2, 9, 9])],
  ])("are read %s", (_, data) => {
    expect([...parseOpaqueData(data)]).toEqual(fields);
  });

  it("may be none", () => {
    expect(parseOpaqueData(new Uint8Array()).size).toBe(0);
    expect(parseOpaqueData(writeNvidiaFields([], [2, 0, 0, 0])).size).toBe(0);
  });

  it("say of which layout they are in one of them where they have no header, and there alone", () => {
    for (const known of ["", "00", "0000", "0100", "0200000000000000"]) {
      expect(parseOpaqueData(writeNvidiaFields(layout(known))).size).toBe(1);
    }
    // Devices that write a header still write the field, in another way: as 0002 for 2.0.
    expect(parseOpaqueData(writeNvidiaFields(layout("0002"), [2, 0, 0, 0])).size).toBe(1);
  });

  it.each<[string, string, Uint8Array]>([
    ["of a third layout", "not known", writeNvidiaFields(fields, [3, 0, 0, 0])],
    ["of another profile", "not known", fromHex("4e5644414f44010002000000")],
    ["of another profile, in its second byte", "not known", fromHex("4e5644414f44000102000000")],
    ["of a third layout without a header", "not known", writeNvidiaFields(layout("0300"))],
    ["of a layout of many bytes", "not known", writeNvidiaFields(layout("000000000000000000"))],
    ["whose header is cut off", "bytes expected", fromHex("4e5644414f44000002")],
    ["whose last is cut off", "bytes expected", writeNvidiaFields(fields).slice(0, -1)],
    [
      "with bytes behind them",
      "bytes expected",
      concatBytes(writeNvidiaFields(fields), fromHex("00")),
    ],
    ["of which one is there twice", "a field twice", writeNvidiaFields([...fields, ...fields])],
    [
      "behind a header, of which one is there twice",
      "a field twice",
      writeNvidiaFields([...fields, ...fields], [2, 0, 0, 0]),
    ],
  ])("are malformed %s: %s", (_, message, data) => {
    expect(() => parseOpaqueData(data)).toThrow(
      expect.objectContaining({
        code: "EvidenceMalformed",
        message: expect.stringContaining(message),
      }),
    );
  });
});
