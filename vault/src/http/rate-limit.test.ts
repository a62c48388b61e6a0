// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import type { Caller } from "../identity/caller.ts";
import { RateLimiter, Throttled } from "./rate-limit.ts";

function limiter(requestsPerSecond: number, burst: number) {
  let now = 0;
  const clock = { now: () => new Date(now) };
  const limit = new RateLimiter({ requestsPerSecond, burst }, clock);
  return {
    advance: (milliseconds: number) => {
      now += milliseconds;
    },
    /** How many of `count` requests are let through, and the wait that the last one is told. */
    ask: (subject: string, count: number, nodeUid?: string) => {
      const bound = { podName: "p", podUid: "p", nodeName: "n", nodeUid: nodeUid ?? "" };
      const caller: Caller = {
        ...{ principal: { issuer: "i", subject }, installationRoles: [] },
        ...{ tokenHash: new Uint8Array(), ...(nodeUid === undefined ? {} : { bound }) },
      };
      let passed = 0;
      let wait = 0;
      for (let i = 0; i < count; i += 1) {
        try {
          limit.take(caller);
          passed += 1;
        } catch (error) {
          wait = error instanceof Throttled ? error.retryAfterSeconds : Number.NaN;
        }
      }
      return { passed, wait };
    },
  };
}

describe("a caller's rate", () => {
  it("is a burst, and then so many in a second", () => {
    const { ask, advance } = limiter(10, 30);
    expect(ask("a", 100)).toEqual({ passed: 30, wait: 1 });
    advance(1_000);
    expect(ask("a", 100).passed).toBe(10);
    advance(3_600_000);
    expect(ask("a", 100).passed).toBe(30);
  });

  it("tells a wait after which there is room again", () => {
    const { ask, advance } = limiter(0.25, 1);
    expect(ask("a", 2)).toEqual({ passed: 1, wait: 4 });
    advance(3_999);
    expect(ask("a", 1)).toEqual({ passed: 0, wait: 1 });
    advance(1);
    expect(ask("a", 1).passed).toBe(1);
  });

  it("is nobody else's, and each node's of an account that all nodes have", () => {
    const { ask } = limiter(10, 30);
    expect(ask("a", 100).passed).toBe(30);
    expect(ask("b", 100).passed).toBe(30);
    expect(ask("plugin", 100, "node-1").passed).toBe(30);
    expect(ask("plugin", 100, "node-2").passed).toBe(30);
  });

  it("is not lost by a clock that goes back", () => {
    const { ask, advance } = limiter(10, 30);
    ask("a", 100);
    advance(-60_000);
    expect(ask("a", 1).passed).toBe(0);
    advance(61_000);
    expect(ask("a", 100).passed).toBeGreaterThan(0);
  });

  it("is without limit at zero", () => {
    expect(limiter(0, 1).ask("a", 10_000).passed).toBe(10_000);
  });
});
