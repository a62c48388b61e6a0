// SPDX-License-Identifier: Apache-2.0
/** What registers begin with: the locality that the TPM was started from, and a dynamic launch. */

import { describe, expect, it } from "@jest/globals";
import { utf8 } from "@strongroom/core";
import { extend, separator, usual } from "../__fixtures__/event-log-attempts.ts";
import { encodeEventLog, type TestEvent } from "../__fixtures__/test-event-log.ts";
import { eventType } from "./event-types.ts";
import { parseEventLog } from "./parse-event-log.ts";
import { replayEventLog } from "./replay-event-log.ts";
import { verifyEventLog } from "./verify-event-log.ts";

describe("an event log", () => {
  it("begins PCR 0 with the locality that the TPM was started from, and no register with another event's", () => {
    const started = { register: 0, type: eventType.noAction, data: utf8("StartupLocality\0\x03") };
    const crtm = { register: 0, type: 8, data: utf8("version") };
    const first = new Uint8Array(32);
    first[31] = 3;
    const log = parseEventLog(encodeEventLog([started, crtm]));
    expect(replayEventLog(log, "sha256", "tpm", []).get(0)).toEqual(
      extend("sha256", [crtm.data], first),
    );
    expect(replayEventLog(log, "sha256", "td", []).get(0)).toEqual(extend("sha256", [crtm.data]));
  });

  it.each([
    ["twice", ["StartupLocality\0\0", "StartupLocality\0\0"]],
    ["from where there is none", ["StartupLocality\0\x07"]],
  ])("is refused when it says %s where the TPM was started from", (_, texts) => {
    const events = texts.map((text) => ({
      register: 0,
      type: eventType.noAction,
      data: utf8(text),
    }));
    const log = encodeEventLog(events);
    const values = new Map([[0, new Uint8Array(32)]]);
    const signed = { kind: "tpm", banks: new Map([["sha256", values] as const]) } as const;
    expect(verifyEventLog(log, signed)).toMatchObject({ class: "malformed" });
  });

  it.each<[string, TestEvent]>([
    [
      "another length",
      { register: 0, type: eventType.noAction, data: utf8("StartupLocality\0\x03\0") },
    ],
    [
      "another text",
      { register: 0, type: eventType.noAction, data: utf8("StartupLocalitz\0\x03") },
    ],
  ])("says nothing of the locality in a text of %s", (_, started) => {
    const crtm = { register: 0, type: 8, data: utf8("version") };
    const log = parseEventLog(encodeEventLog([started, crtm]));
    expect(replayEventLog(log, "sha256", "tpm", []).get(0)).toEqual(extend("sha256", [crtm.data]));
  });

  it("says nothing of the locality in an event that is extended", () => {
    const crtm = { register: 0, type: 8, data: utf8("StartupLocality\0\x03") };
    const log = parseEventLog(encodeEventLog([crtm]));
    expect(replayEventLog(log, "sha256", "tpm", []).get(0)).toEqual(extend("sha256", [crtm.data]));
  });

  it("begins PCR 17 to 22 with ones, which only a dynamic launch changes, and no other", () => {
    const log = parseEventLog(encodeEventLog(usual));
    const all = Array.from({ length: 24 }, (_, index) => index);
    const firstBytes = (kind: "tpm" | "td") => {
      const values = replayEventLog(log, "sha256", kind, all);
      return all.filter((index) => values.get(index)?.every((byte) => byte === 0xff));
    };
    expect(firstBytes("tpm")).toEqual([17, 18, 19, 20, 21, 22]);
    expect(firstBytes("td")).toEqual([]);
  });

  it("begins no register but PCR 0 with a locality", () => {
    const started = { register: 0, type: eventType.noAction, data: utf8("StartupLocality\0\x03") };
    const log = parseEventLog(encodeEventLog([started, separator]));
    expect(replayEventLog(log, "sha256", "tpm", []).get(7)).toEqual(
      extend("sha256", [separator.data]),
    );
  });
});
