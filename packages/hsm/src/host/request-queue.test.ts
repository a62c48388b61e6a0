// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { createRequestQueue, type RequestQueue } from "./request-queue.ts";

/** Submits a job and gives its result. */
async function submit<T>(queue: RequestQueue, job: () => T | Promise<T>): Promise<T> {
  return await new Promise((resolve, reject) => {
    queue.submit(() => {
      const result = job();
      if (result instanceof Promise) {
        return result.then(resolve, reject);
      }
      resolve(result);
      return undefined;
    });
  });
}

describe("a request queue", () => {
  it("runs jobs in the order in which they came", async () => {
    const queue = createRequestQueue(100);
    const order: number[] = [];
    const jobs = Array.from({ length: 100 }, (_, index) =>
      submit(queue, () => {
        order.push(index);
        return index;
      }),
    );
    expect(order).toEqual([]);
    expect(await Promise.all(jobs)).toEqual(order);
    expect(order).toEqual(Array.from({ length: 100 }, (_, index) => index));
  });

  it("lets others have the event loop between a few jobs and the next", async () => {
    const queue = createRequestQueue(100);
    let done = 0;
    const seen: number[] = [];
    const jobs = Array.from({ length: 30 }, () =>
      submit(queue, () => {
        done += 1;
        process.nextTick(() => seen.push(done));
      }),
    );
    await Promise.all(jobs);
    expect(seen[0]).toBeLessThan(30);
  });

  it("lets answers leave after each job that takes long", async () => {
    const queue = createRequestQueue(100);
    let done = 0;
    const seen: number[] = [];
    const jobs = Array.from({ length: 5 }, () =>
      submit(queue, () => {
        for (const end = performance.now() + 5; performance.now() < end; );
        done += 1;
        process.nextTick(() => seen.push(done));
      }),
    );
    await Promise.all(jobs);
    expect(seen).toEqual([1, 2, 3, 4, 5]);
  });

  it("refuses what is beyond its limit, waiting or running, and takes more once there is room", async () => {
    const queue = createRequestQueue(2);
    const gate = Promise.withResolvers<void>();
    const running = [submit(queue, () => gate.promise), submit(queue, () => gate.promise)];
    await expect(submit(queue, () => 1)).rejects.toMatchObject({ code: "HsmBusy" });
    gate.resolve();
    await Promise.all(running);
    await queue.idle();
    expect(await submit(queue, () => 1)).toBe(1);
  });

  it("gives room back after a job that fails", async () => {
    const queue = createRequestQueue(1);
    const failing = submit(queue, () => Promise.reject(new Error("job")));
    await expect(failing).rejects.toThrow("job");
    await queue.idle();
    expect(await submit(queue, () => 1)).toBe(1);
  });

  it("is idle when nothing is in flight, not before", async () => {
    const queue = createRequestQueue(2);
    await queue.idle();
    const gate = Promise.withResolvers<void>();
    let done = false;
    const job = submit(queue, () => gate.promise).then(() => {
      done = true;
    });
    const idle = queue.idle().then(() => done);
    gate.resolve();
    await job;
    expect(await idle).toBe(true);
  });
});
