// SPDX-License-Identifier: Apache-2.0
/** How much runs at once, and what becomes of the rest. */

import { describe, expect, it } from "@jest/globals";
import { createSemaphore } from "./semaphore.ts";

describe("createSemaphore", () => {
  it("runs no more than its permits at once, and everyone in the end", async () => {
    const semaphore = createSemaphore(3, 100);
    let running = 0;
    let most = 0;
    const work = async (index: number) => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
      return index;
    };
    const all = await Promise.all(
      Array.from({ length: 20 }, (_, index) => semaphore.run(() => work(index))),
    );
    expect(all).toEqual(Array.from({ length: 20 }, (_, index) => index));
    expect(most).toBe(3);
  });

  it("refuses who finds the queue full, and recovers from work that fails", async () => {
    const semaphore = createSemaphore(1, 0);
    const failing = semaphore.run(() => Promise.reject(new Error("failed")));
    await expect(semaphore.run(() => Promise.resolve(1))).rejects.toMatchObject({
      code: "TooManyRequests",
    });
    await expect(failing).rejects.toThrow("failed");
    expect(await semaphore.run(() => Promise.resolve(2))).toBe(2);
  });
});
