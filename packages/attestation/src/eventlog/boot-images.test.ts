// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { sha256, toHex, utf8 } from "@strongroom/core";
import { digest, provenLog } from "../__fixtures__/event-log-attempts.ts";
import { efiVariable, type TestEvent } from "../__fixtures__/test-event-log.ts";
import { readBootImages } from "./boot-images.ts";
import { eventType } from "./event-types.ts";

const image = (name: string, register = 4): TestEvent => ({
  ...{ register, type: eventType.efiBootServicesApplication },
  ...{ data: utf8("a path"), digestOf: utf8(name) },
});
const action = (text: string, register: number): TestEvent => ({
  ...{ register, type: eventType.efiAction, data: utf8(text) },
});
const calling = action("Calling EFI Application from Boot Option", 4);
const exit = action("Exit Boot Services Invocation", 5);
const end: TestEvent = { register: 4, type: eventType.separator, data: new Uint8Array(4) };
const read = (events: readonly TestEvent[], quoted?: readonly number[]) =>
  readBootImages(provenLog(events, quoted));

describe("images that firmware started", () => {
  it("are the digests of a register that no data of its events accounts for, in their order", () => {
    expect(read([calling, end, image("shim"), image("grub"), image("kernel"), exit])).toEqual(
      ["shim", "grub", "kernel"].map(digest),
    );
  });

  it("are not fewer by being called something else", () => {
    const hidden = { ...image("evil"), type: eventType.efiAction };
    expect(read([image("shim"), hidden, exit])).toEqual(["shim", "evil"].map(digest));
  });

  it.each<[string, Uint8Array]>([
    // What Authenticode hashes of a program: all but a checksum and signatures, which is data that an event can have.
    ["hashed bytes", Uint8Array.from([...utf8("MZ"), ...new Uint8Array(300).fill(0x90)])],
    ["hashed bytes, as text", utf8("MZ".padEnd(129, "x"))],
    ["hashed bytes, with a zero inside", utf8("MZ\0x")],
    ["hashed bytes, which are a variable", efiVariable("Boot0000", new Uint8Array(9))],
  ])("are not fewer by giving an image's %s as the event's data", (_, bytes) => {
    const evil = { ...image("evil"), type: eventType.efiAction, data: bytes, digestOf: bytes };
    expect(read([evil, image("shim"), exit])).toEqual([toHex(sha256(bytes)), digest("shim")]);
  });

  it.each<[string, Uint8Array]>([
    ["a separator", Uint8Array.of(0, 0, 0, 0)],
    ["a separator of ones", new Uint8Array(4).fill(0xff)],
    ["a separator of an error", Uint8Array.of(1, 0, 0, 0)],
    ["a text", utf8("Returning from EFI Application from Boot Option")],
    ["a text with a zero", utf8("Calling EFI Application from Boot Option\0")],
    ["a table of partitions", Uint8Array.from([...utf8("EFI PART"), 0, 0, 1, 0])],
  ])("are no more by %s, unless something else was measured", (_, data) => {
    const other = { ...image("x"), data, digestOf: data };
    expect(read([other, image("shim"), exit])).toEqual([digest("shim")]);
    const evil = { ...other, digestOf: utf8("evil") };
    expect(read([evil, image("shim"), exit])).toEqual([digest("evil"), digest("shim")]);
  });

  it.each<[string, readonly TestEvent[]]>([
    ["there are none", [calling, end, exit]],
    ["firmware does not say that it ended", [image("shim")]],
    ["somebody says so whose digest does not", [image("shim"), { ...exit, digestOf: utf8("x") }]],
    ["it is said elsewhere", [image("shim"), { ...exit, register: 6 }]],
    ["there are more than claims carry", [...Array.from({ length: 65 }, () => image("one")), exit]],
  ])("are not told where %s", (_, events) => {
    expect(read(events)).toBeUndefined();
  });

  it.each([4, 5])("are not told without a quote of PCR %i", (missing) => {
    const quoted = Array.from({ length: 16 }, (_, index) => index);
    expect(read([image("shim"), exit], quoted)).toBeDefined();
    expect(
      read(
        [image("shim"), exit],
        quoted.filter((index) => index !== missing),
      ),
    ).toBeUndefined();
  });

  it("are in RTMR1 of a td, as its end is", () => {
    const log = provenLog([image("shim", 2), action("Exit Boot Services Invocation", 2)]);
    expect(readBootImages({ ...log, kind: "td" })).toEqual([digest("shim")]);
  });
});
