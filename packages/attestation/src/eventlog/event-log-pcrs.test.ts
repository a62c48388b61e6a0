// SPDX-License-Identifier: Apache-2.0
/** The registers that are quoted for a log's sake: they give every claim, and none is there for nothing. */

import { describe, expect, it } from "@jest/globals";
import { provenLog } from "../__fixtures__/event-log-attempts.ts";
import type { TestEvent } from "../__fixtures__/test-event-log.ts";
import { linuxMachine, windowsMachine } from "../__fixtures__/test-machines.ts";
import { testKeys } from "../__fixtures__/test-secure-boot.ts";
import { eventLogPcrs } from "./event-log-pcrs.ts";
import { toAzureMachineClaims, toTpmMachineClaims } from "./machine-claims.ts";

/** All that is said of a machine, in both forms, without which registers say it. */
function claimsOf(events: readonly TestEvent[], quoted: readonly number[]): string {
  const log = provenLog(events, quoted);
  const claims = {
    ...{ ...toAzureMachineClaims(log, testKeys), ...toTpmMachineClaims(log, testKeys) },
  };
  return JSON.stringify({ ...claims, "x-strongroom-event-log-registers": [] });
}

const all = Array.from({ length: 24 }, (_, index) => index);
const machines = [linuxMachine(), windowsMachine];

describe("the registers of an event log's claims", () => {
  it("give as many claims as all registers do", () => {
    for (const events of machines) {
      expect(claimsOf(events, eventLogPcrs)).toBe(claimsOf(events, all));
    }
  });

  it.each(eventLogPcrs)("give fewer without PCR %i", (missing) => {
    const others = eventLogPcrs.filter((index) => index !== missing);
    const lost = machines.filter((events) => claimsOf(events, others) !== claimsOf(events, all));
    expect(lost).not.toEqual([]);
  });
});
