// SPDX-License-Identifier: Apache-2.0
/** What is waited out, and for how long. */

import { describe, expect, it } from "@jest/globals";
import { type Clock, type ErrorCode, StrongroomError } from "@strongroom/core";
import { retry } from "./retry.ts";

function recordingClock() {
  const pauses: number[] = [];
  const clock: Clock = {
    now: () => new Date(0),
    sleep: async (ms) => void pauses.push(ms),
  };
  return { pauses, timing: { clock, jitter: (ms: number) => ms } };
}

function failing(codes: readonly ErrorCode[]): () => Promise<string> {
  const left = [...codes];
  return async () => {
    const code = left.shift();
    if (code !== undefined) {
      throw new StrongroomError(code, code);
    }
    return "done";
  };
}

describe("retry", () => {
  it("waits longer each time for what is away", async () => {
    const { pauses, timing } = recordingClock();
    const attempt = failing(["VaultUnavailable", "TpmUnavailable", "VaultUnavailable"]);
    expect(await retry(timing, new AbortController().signal, attempt)).toBe("done");
    expect(pauses).toEqual([250, 500, 1_000]);
  });

  it.each(["ReleaseDenied", "ResponseUntrusted", "AttestationRefused"] as const)(
    "does not wait out %s",
    async (code) => {
      const { pauses, timing } = recordingClock();
      const attempt = failing([code]);
      const { signal } = new AbortController();
      await expect(retry(timing, signal, attempt)).rejects.toMatchObject({ code });
      expect(pauses).toEqual([]);
    },
  );

  it("ends with what was wrong before the attempt that was cut short", async () => {
    const { timing } = recordingClock();
    const controller = new AbortController();
    let attempts = 0;
    const attempt = async () => {
      attempts += 1;
      if (attempts === 2) {
        controller.abort();
        throw controller.signal.reason;
      }
      throw new StrongroomError("TpmUnavailable", "away");
    };
    await expect(retry(timing, controller.signal, attempt)).rejects.toMatchObject({
      code: "TpmUnavailable",
    });
  });
});
