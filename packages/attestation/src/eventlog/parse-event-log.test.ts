// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { concatBytes, u32be, utf8 } from "@strongroom/core";
import { malformedWith } from "../__fixtures__/malformed-with.ts";
import { efiVariable, encodeEventLog } from "../__fixtures__/test-event-log.ts";
import { readEfiVariable } from "./efi-variable.ts";
import { isEventLog } from "./is-event-log.ts";
import { parseEventLog } from "./parse-event-log.ts";

const u16 = (value: number) => Uint8Array.of(value & 0xff, value >> 8);
const u32 = (value: number) => u32be(value).toReversed();
const fill = (length: number, value = 0) => new Uint8Array(length).fill(value);

/** TCG_PCR_EVENT. */
const sha1Event = (register: number, type: number, data: Uint8Array) =>
  concatBytes(u32(register), u32(type), fill(20, register + 1), u32(data.length), data);

/** TCG_EfiSpecIdEvent with these algorithms and sizes, as the first entry. */
const header = (...sizes: readonly (readonly [number, number])[]) =>
  sha1Event(
    0,
    3,
    concatBytes(
      ...[utf8("Spec ID Event03\0"), fill(8), u32(sizes.length)],
      ...sizes.map(([algorithm, size]) => concatBytes(u16(algorithm), u16(size))),
      fill(1),
    ),
  );

/** TCG_PCR_EVENT2 with these digests. */
const event = (
  register: number,
  type: number,
  digests: readonly (readonly [number, Uint8Array])[],
  count = digests.length,
) =>
  concatBytes(
    ...[u32(register), u32(type), u32(count)],
    ...digests.map(([algorithm, digest]) => concatBytes(u16(algorithm), digest)),
    ...[u32(4), utf8("data")],
  );

const sha256 = [0x0b, 32] as const;
const usual = event(4, 8, [[0x0b, fill(32, 7)]]);
const eight = [0x04, 0x0b, 0x0c, 0x0d, 0x12, 0x27, 0x28, 0x29].map(
  (algorithm, index) => [algorithm, [20, 32, 48, 64, 32, 32, 48, 64][index] ?? 0] as const,
);

describe("an event log's form", () => {
  it("has digests of the banks that are known, and events of SHA-1 alone without a header", () => {
    expect(
      parseEventLog(
        concatBytes(
          header(...eight),
          event(
            1,
            0,
            eight.map(([one, size]) => [one, fill(size, 1)]),
          ),
        ),
      ).events,
    ).toEqual([
      {
        ...{ register: 1, type: 0, data: utf8("data") },
        digests: new Map([
          ["sha1", fill(20, 1)],
          ["sha256", fill(32, 1)],
          ["sha384", fill(48, 1)],
          ["sha512", fill(64, 1)],
        ]),
      },
    ]);
    expect(
      parseEventLog(concatBytes(header([0x12, 32]), event(1, 8, [[0x12, fill(32)]]))).events,
    ).toEqual([{ register: 1, type: 8, data: utf8("data"), digests: new Map() }]);
  });

  it.each<[string, number, Uint8Array]>([
    ["another type", 8, utf8("Spec ID Event03\0")],
    ["another text", 3, utf8("Spec ID Event02\0")],
    ["no data", 3, fill(0)],
  ])("has no header with %s in the first event", (_, type, data) => {
    const log = concatBytes(sha1Event(0, type, data), sha1Event(0, 1, utf8("a")));
    expect(parseEventLog(log).events).toEqual([
      { register: 0, type, data, digests: new Map([["sha1", fill(20, 1)]]) },
      { register: 0, type: 1, data: utf8("a"), digests: new Map([["sha1", fill(20, 1)]]) },
    ]);
  });

  it.each<[string, Uint8Array]>([
    ["nothing", fill(0)],
    ["ones", fill(40, 0xff)],
    ["zeros", fill(40)],
    ["eight zeros", fill(8)],
    ["a few ones and zeros", Uint8Array.of(0, 0xff, 0, 0xff, 0, 0, 0xff)],
    ["ones, then something else", concatBytes(fill(8, 0xff), utf8("else"))],
  ])("ends before %s", (_, rest) => {
    const log = concatBytes(header(sha256), usual, usual, rest);
    expect(parseEventLog(log).events).toHaveLength(2);
  });

  it.each([
    ["of no register", 0xffffffff, 3],
    ["of no type", 0xffffffff - 1, 0xffffffff],
  ])("goes on behind an event %s", (_, register, type) => {
    const odd = event(register, type, [[0x0b, fill(32)]]);
    const log = concatBytes(header(sha256), odd, usual, fill(8, 0xff));
    expect(parseEventLog(log).events.map((one) => one.register)).toEqual([register, 4]);
  });

  it("is the same in the middle of other bytes", () => {
    const log = concatBytes(header(sha256), usual, fill(9, 0xff));
    const within = concatBytes(fill(5, 3), log, fill(5, 3)).subarray(5, 5 + log.length);
    expect(parseEventLog(within)).toEqual(parseEventLog(log));
    expect(isEventLog(within)).toBe(true);
  });

  it.each<[string, string, readonly Uint8Array[]]>([
    ["no banks", "an event log of 0 banks", [header()]],
    ["nine banks", "an event log of 9 banks", [header(...eight, [0x30, 1])]],
    ["a bank twice", "contradicts itself", [header(sha256, sha256)]],
    ["a bank of another size", "contradicts itself", [header([0x0b, 20])]],
    ["nine digests", "digests of 9 banks", [header(sha256), event(0, 8, [], 9)]],
    [
      "a digest of another bank",
      "does not know",
      [header(sha256), event(0, 8, [[0x0c, fill(48)]])],
    ],
    [
      "two digests of a bank",
      "two digests of one bank",
      [
        header(sha256),
        event(0, 8, [
          [0x0b, fill(32)],
          [0x0b, fill(32)],
        ]),
      ],
    ],
    ["a tail of something else", "cut short", [header(sha256), usual, Uint8Array.of(0, 1)]],
    ["an event cut short", "bytes expected", [header(sha256), usual.slice(0, -1)]],
    ["more than a MiB", "too long", [header(sha256), fill(1_048_577, 0xff)]],
    [
      "more than 8192 events",
      "too many events",
      [header(sha256), ...Array<Uint8Array>(8193).fill(usual)],
    ],
  ])("is malformed with %s: %s", (_, message, parts) => {
    expect(() => parseEventLog(concatBytes(...parts))).toThrow(malformedWith(message));
  });

  it("may have 8192 events, and a MiB", () => {
    const most = concatBytes(header(sha256), ...Array<Uint8Array>(8192).fill(usual));
    const log = concatBytes(most, fill(1_048_576 - most.length, 0xff));
    expect(parseEventLog(log).events).toHaveLength(8192);
  });
});

describe("a log told apart", () => {
  const first = (register: number, type: number, size: number, rest: number) =>
    concatBytes(u32(register), u32(type), fill(20), u32(size), fill(rest));

  it.each<[string, boolean, Uint8Array]>([
    ["a header", true, encodeEventLog([])],
    ["a first event of PCR 0", true, first(0, 8, 0, 0)],
    ["a first event of register 1", true, first(1, 1, 4, 4)],
    ["a first event of contents", true, first(0, 7, 4, 9)],
    ["another register", false, first(2, 8, 0, 0)],
    ["another type", false, first(0, 4, 0, 0)],
    ["a size beyond its end", false, first(0, 8, 5, 4)],
    ["an entry cut short", false, first(0, 8, 0, 0).slice(1)],
    ["big-endian numbers", false, concatBytes(u32be(1), u32be(1), fill(24))],
    ["a big-endian type", false, concatBytes(u32(1), u32be(1), fill(24))],
    [
      "a big-endian size",
      true,
      concatBytes(u32(1), u32(1), fill(20), Uint8Array.of(1, 0, 0, 0, 0)),
    ],
  ])("with %s: %s", (_, isLog, bytes) => {
    expect(isEventLog(bytes)).toBe(isLog);
  });
});

describe("a variable", () => {
  it("has a name of 256 characters at most, and nothing behind its data", () => {
    const name = "n".repeat(256);
    expect(readEfiVariable(efiVariable(name, Uint8Array.of(1)))).toEqual({
      ...{ vendor: "61dfe48bca93d211aa0d00e098032b8c", name, data: Uint8Array.of(1) },
    });
    expect(readEfiVariable(efiVariable(`${name}n`, Uint8Array.of(1)))).toBeUndefined();
    expect(readEfiVariable(concatBytes(efiVariable("a", fill(1)), fill(1)))).toBeUndefined();
  });
});
