// SPDX-License-Identifier: Apache-2.0
/** Events that extend nothing (EV_NO_ACTION): notes of the firmware's or the system's. */

import { describe, expect, it } from "@jest/globals";
import { utf8 } from "@strongroom/core";
import { registersOf, usual } from "../__fixtures__/event-log-attempts.ts";
import { encodeEventLog } from "../__fixtures__/test-event-log.ts";
import { eventType } from "./event-types.ts";
import { verifyEventLog } from "./verify-event-log.ts";

describe("an event log that was verified", () => {
  it("has nothing of events that extend nothing, whichever register they name, or none", () => {
    const informative = { type: eventType.noAction, data: utf8("SP800-155 Event3") };
    const log = encodeEventLog([
      { ...informative, register: 0xffffffff },
      ...usual,
      { ...informative, register: 14 },
      { ...informative, register: 7 },
    ]);
    const verdict = verifyEventLog(log, registersOf(log));
    expect(verdict).toMatchObject({ claims: { registers: [7], unproven: [] } });
    const events = verdict.kind === "verified" ? verdict.claims.events : [];
    expect(events.map(({ type }) => type)).toEqual(usual.map(({ type }) => type));
  });
});
