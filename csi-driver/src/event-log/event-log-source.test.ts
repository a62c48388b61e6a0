// SPDX-License-Identifier: Apache-2.0
/** What becomes of a log: sent, left out for a reason that is told once, or read again. */

import { describe, expect, it } from "@jest/globals";
import { maxEventLogBytes } from "@strongroom/api";
import { eventLogPcrs, parseEventLog, type SignedRegisters } from "@strongroom/attestation";
import { type LogFields, StrongroomError, silentLog, utf8 } from "@strongroom/core";
import {
  encodeEventLog,
  type TestEvent,
} from "../../../packages/attestation/src/__fixtures__/test-event-log.ts";
import { linuxMachine } from "../../../packages/attestation/src/__fixtures__/test-machines.ts";
import { replayEventLog } from "../../../packages/attestation/src/eventlog/replay-event-log.ts";
import { eventLogAreaBytes } from "../limits.ts";
import { makeFakeLogFiles, type Reading } from "./__fixtures__/fake-log-files.ts";
import { createEventLogSource } from "./event-log-source.ts";

const { signal } = new AbortController();
const path = "/log";
const log = encodeEventLog(linuxMachine());
const other = encodeEventLog(linuxMachine(0));
const more: TestEvent = { register: 7, type: 1, data: utf8("more") };
const longer = encodeEventLog([...linuxMachine(), more]);

/** Registers as this log gives them. */
function registersOf(bytes: Uint8Array): SignedRegisters {
  const values = replayEventLog(parseEventLog(bytes), "sha256", "tpm", eventLogPcrs);
  return { kind: "tpm", banks: new Map([["sha256", values]]) };
}

/** A source over these readings, before a machine whose registers are those of the logs in `states`, quote after quote. */
function sourceOf(readings: readonly Reading[], states: readonly Uint8Array[] = [log]) {
  const files = makeFakeLogFiles(readings);
  const waits: number[] = [];
  const lines: (LogFields & { readonly message: string })[] = [];
  const asked: (readonly number[])[] = [];
  const tell = (message: string, fields?: LogFields) => lines.push({ message, ...fields });
  const source = createEventLogSource({
    ...{ files, path, log: { ...silentLog, info: tell, warn: tell } },
    clock: { now: () => new Date(0), sleep: async (ms) => void waits.push(ms) },
  });
  const quote = async (pcrs: readonly number[]) => {
    asked.push(pcrs);
    return { state: states[Math.min(asked.length, states.length) - 1] ?? log };
  };
  const attest = () =>
    source.quoteWith({ quote, registersOf: ({ state }) => registersOf(state) }, signal);
  return { attest, files, waits, lines, asked, source };
}

describe("a log beside a quote", () => {
  it("is sent where it gives what is quoted, of all registers that its claims need", async () => {
    const { attest, files, asked, waits, lines } = sourceOf([log]);
    expect(await attest()).toEqual({ state: log, eventLog: log });
    expect(files.asked).toEqual([{ path, most: eventLogAreaBytes }]);
    expect([asked, waits]).toEqual([[eventLogPcrs], []]);
    expect(lines).toEqual([{ message: "the event log is sent", path, size: log.length }]);
  });

  it.each([0, 0xff])("is sent without what fills its area, be it bytes of %i", async (filling) => {
    const area = new Uint8Array(eventLogAreaBytes).fill(filling);
    area.set(log);
    expect(await sourceOf([area]).attest()).toEqual({ state: log, eventLog: log });
  });

  it("is sent up to the longest that the authority takes, and no longer", async () => {
    const event = (size: number): TestEvent => ({
      register: 6,
      type: 1,
      data: new Uint8Array(size),
    });
    const rest = maxEventLogBytes - encodeEventLog([...linuxMachine(), event(0)]).length;
    for (const size of [rest, rest + 1]) {
      const long = encodeEventLog([...linuxMachine(), event(size)]);
      const { attest, lines } = sourceOf([long]);
      const isSent = size === rest;
      expect((await attest()).eventLog?.length).toBe(isSent ? maxEventLogBytes : undefined);
      const reason = isSent ? undefined : "the log is longer than 262144 bytes";
      expect(lines.map((line) => line.reason)).toEqual([reason]);
    }
  });

  it.each<[string, Reading, string]>([
    ["a node has none", "ENOENT", "the node has none"],
    ["its TPM is gone", "ENODEV", "the node has none"],
    ["nobody may read it", "EACCES", "the log cannot be read (EACCES)"],
    ["reading fails", "EIO", "the log cannot be read (EIO)"],
    ["it is empty", new Uint8Array(), "the log is empty"],
    [
      "its area is longer than any",
      new Uint8Array(eventLogAreaBytes + 1),
      "the log is longer than 1048576 bytes",
    ],
  ])("is left out where %s, and no more is quoted than without it", async (_, reading, reason) => {
    const { attest, files, asked, waits, lines } = sourceOf([reading]);
    expect(await attest()).toEqual({ state: log });
    expect([files.asked.length, asked, waits]).toEqual([1, [[]], []]);
    expect(lines).toEqual([{ message: "no event log is sent", path, reason }]);
  });

  it.each<[string, Uint8Array, string]>([
    ["of other registers", other, "binding-mismatch: the event log does not give register 7"],
    ["cut short", log.slice(0, -1), "malformed: 29 bytes expected"],
    ["of weak digests alone", encodeEventLog(linuxMachine(), ["sha1"]), "no strong bank"],
  ])("is left out where it is one %s and stays so, after one quote", async (_, reading, reason) => {
    const { attest, files, asked, waits, lines } = sourceOf([reading]);
    expect(await attest()).toEqual({ state: log });
    expect([files.asked.length, asked.length, waits]).toEqual([2, 1, [100]]);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({ message: "no event log is sent" });
    expect(lines[0]?.reason).toContain(reason);
  });

  it("is read and quoted again where a register was extended in between", async () => {
    const { attest, asked, waits } = sourceOf([log, longer], [longer]);
    expect(await attest()).toEqual({ state: longer, eventLog: longer });
    expect([asked.length, waits]).toEqual([2, [100]]);
  });

  it("is quoted anew where the log that was read again is ahead of the quote", async () => {
    const { attest, asked } = sourceOf([other, longer], [log, longer]);
    expect(await attest()).toEqual({ state: longer, eventLog: longer });
    expect(asked).toEqual([eventLogPcrs, eventLogPcrs]);
  });

  it("is left out where it changes faster than it can be quoted, and three times are enough", async () => {
    const { attest, asked, waits, lines } = sourceOf([other, longer, other]);
    expect(await attest()).toEqual({ state: log });
    expect([asked.length, waits]).toEqual([3, [100, 400]]);
    expect(lines).toHaveLength(1);
  });

  it("is left out where it is gone when it is read again", async () => {
    const { attest, asked, lines } = sourceOf([other, "ENOENT"]);
    expect(await attest()).toEqual({ state: log });
    expect(asked).toEqual([eventLogPcrs, []]);
    expect(lines[0]?.reason).toBe("the node has none");
  });

  it("is told of again only when something else becomes of it", async () => {
    const { attest, lines } = sourceOf(["ENOENT", "ENOENT", "EIO", log, log, "ENOENT"]);
    for (let count = 0; count < 6; count += 1) {
      await attest();
    }
    expect(lines.map(({ reason, size }) => reason ?? size)).toEqual([
      ...["the node has none", "the log cannot be read (EIO)", log.length, "the node has none"],
    ]);
  });

  it("fails where quoting fails", async () => {
    const { source } = sourceOf([other]);
    const gone = new StrongroomError("TpmUnavailable", "gone");
    const quote = async () => await Promise.reject(gone);
    const registers = () => registersOf(log);
    const quoting = { quote, registersOf: registers };
    await expect(source.quoteWith(quoting, signal)).rejects.toBe(gone);
  });
});
