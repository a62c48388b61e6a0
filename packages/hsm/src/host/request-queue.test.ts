// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { createRequestQueue } from "./request-queue.ts";

describe("a request queue", () => {
  it("runs jobs in the order in which they came, and gives their results", async () => {
    const queue = createRequestQueue(100);
    const order: number[] = [];
    const jobs = Array.from({ length: 100 }, (_, index) =>
      queue.submit(() => {
        order.push(index);
        return index;
      }),
    );
    expect(await Promise.all(jobs)).toEqual(order);
    expect(order).toEqual(Array.from({ length: 100 }, (_, index) => index));
  });

  it("refuses what is beyond its limit, waiting or running, and takes more once there is room", async () => {
    const queue = createRequestQueue(2);
    const gate = Promise.withResolvers<void>();
    const running = [queue.submit(() => gate.promise), queue.submit(() => gate.promise)];
    await expect(queue.submit(() => 1)).rejects.toMatchObject({ code: "HsmBusy" });
    gate.resolve();
    await Promise.all(running);
    expect(await queue.submit(() => 1)).toBe(1);
  });

  it("gives room back after a job that fails", async () => {
    const queue = createRequestQueue(1);
    const failing = queue.submit(() => Promise.reject(new Error("job")));
    await expect(failing).rejects.toThrow("job");
    expect(await queue.submit(() => 1)).toBe(1);
  });

  it("is idle when nothing is in flight, not before", async () => {
    const queue = createRequestQueue(2);
    await queue.idle();
    const gate = Promise.withResolvers<void>();
    let done = false;
    const job = queue
      .submit(() => gate.promise)
      .then(() => {
        done = true;
      });
    const idle = queue.idle().then(() => done);
    gate.resolve();
    await job;
    expect(await idle).toBe(true);
  });
});
