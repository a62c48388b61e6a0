// SPDX-License-Identifier: Apache-2.0
/** Where a log ends in its area: what is before that says the same, and one byte less does not. */

import { describe, expect, it } from "@jest/globals";
import { concatBytes } from "@strongroom/core";
import { registersOf } from "../__fixtures__/event-log-attempts.ts";
import { encodeEventLog } from "../__fixtures__/test-event-log.ts";
import { linuxMachine } from "../__fixtures__/test-machines.ts";
import { openVectors } from "../__fixtures__/vectors.ts";
import { parseEventLog } from "./parse-event-log.ts";
import { verifyEventLog } from "./verify-event-log.ts";

const vectors = openVectors(process.env["STRONGROOM_VECTORS"]);
const withVectors = vectors === undefined ? describe.skip : describe;
const ccel = (name: string) => `eventlog/google__go-eventlog/eventlogs__ccel__${name}.bin`;
const log = encodeEventLog(linuxMachine());

describe("the length of an event log", () => {
  it.each([
    [0, 0],
    [0, 7],
    [0, 8],
    [0xff, 7],
    [0xff, 65_536],
  ])("is without the bytes of %i that fill its area, %i of them", (filling, count) => {
    const area = concatBytes(log, new Uint8Array(count).fill(filling));
    // Fewer than eight are no beginning of an event, and left over.
    expect(parseEventLog(area).length).toBe(log.length);
    expect(verifyEventLog(area, registersOf(log))).toMatchObject({
      claims: { length: log.length },
    });
  });
});

withVectors("the length of a published event log", () => {
  it.each([
    [ccel("cos-113-intel-tdx"), 262_144],
    [ccel("cos-113-intel-tdx-dupe-separator"), 262_144],
    [ccel("event_log"), 65_536],
    ["eventlog/google__go-attestation/coreos_36_shielded_vm_no_secure_boot_eventlog", undefined],
    ["eventlog/google__go-eventlog/eventlogs__tpm__debian-10.bin", undefined],
  ])("%s is that of its events, in an area of %s bytes", (path, size) => {
    const area = vectors?.bytes(path) ?? new Uint8Array();
    const { events, length } = parseEventLog(area);
    expect(area.length).toBe(size ?? length);
    expect(length).toBeLessThan(size ?? length + 1);
    expect(parseEventLog(area.slice(0, length)).events).toEqual(events);
    expect(() => parseEventLog(area.slice(0, length - 1))).toThrow();
  });
});
