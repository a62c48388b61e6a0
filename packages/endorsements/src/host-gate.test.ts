// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { createTestClock } from "./__fixtures__/test-library.ts";
import { createHostGate, parseRetryAfter } from "./host-gate.ts";

const { signal } = new AbortController();
const pace = { everyMs: 1_000, burst: 2 } as const;

function setUp() {
  const time = createTestClock();
  return { ...time, gate: createHostGate({ clock: time.clock, jitter: (ms) => ms }) };
}

describe("a host's gate", () => {
  it("lets a burst through, then one at a time, and a burst again after a rest", async () => {
    const { gate, sleeps, advance } = setUp();
    for (let count = 0; count < 4; count += 1) {
      await gate.enter("one", pace, signal);
    }
    expect(sleeps).toEqual([1_000, 1_000]);
    advance(60_000);
    await gate.enter("one", pace, signal);
    await gate.enter("one", pace, signal);
    await gate.enter("one", pace, signal);
    expect(sleeps).toEqual([1_000, 1_000, 1_000]);
  });

  it("keeps hosts apart", async () => {
    const { gate, sleeps } = setUp();
    gate.failed("one");
    await gate.enter("two", pace, signal);
    expect(sleeps).toEqual([]);
  });

  it("waits longer after each failure, up to a bound, and forgets them after a success", async () => {
    const { gate, sleeps, advance } = setUp();
    const waits: (number | string)[] = [];
    for (let count = 0; count < 12; count += 1) {
      gate.failed("one");
      const refused = await gate.enter("one", pace, signal).catch((error) => error.code as string);
      waits.push(refused ?? sleeps.at(-1) ?? 0);
      advance(refused === undefined ? 5_000 : 300_000);
    }
    expect(waits.slice(0, 6)).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000]);
    expect(new Set(waits.slice(6))).toEqual(new Set(["EndorsementsUnavailable"]));
    gate.succeeded("one");
    gate.failed("one");
    await gate.enter("one", pace, signal);
    expect(sleeps.at(-1)).toBe(1_000);
  });

  it("leaves a host alone as long as it asked for, and says so at once", async () => {
    const { gate, advance } = setUp();
    gate.failed("one", 120_000);
    await expect(gate.enter("one", pace, signal)).rejects.toMatchObject({
      code: "EndorsementsUnavailable",
    });
    advance(119_000);
    await gate.enter("one", pace, signal);
  });
});

describe("Retry-After", () => {
  const at = new Date("2026-06-01T00:00:00Z");
  it.each([
    [undefined, undefined],
    ["10", 10_000],
    ["Mon, 01 Jun 2026 00:01:00 GMT", 60_000],
    ["Mon, 01 Jun 2020 00:01:00 GMT", 0],
    ["soon", undefined],
  ])("%s is %s ms", (header, expected) => {
    expect(parseRetryAfter(header, at)).toBe(expected);
  });
});
