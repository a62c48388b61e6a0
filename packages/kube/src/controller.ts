// SPDX-License-Identifier: Apache-2.0
/** The loop of a controller: takes keys, reconciles, and decides when a key comes back. */

import { isRetryable, type Log, type Milliseconds } from "@strongroom/core";
import { splitKey } from "./kube-object.ts";
import type { WorkQueue } from "./work-queue.ts";

/** When to look at the key again although nothing happened; absent: not before something does. */
export interface ReconcileResult {
  readonly requeueAfterMs?: Milliseconds | undefined;
  /** Waits for something outside that nobody tells us of: looks again with the queue's back-off, from its first wait or on. */
  readonly backoff?: "first" | "next" | undefined;
}

/**
 * Brings the world to what the object of `key` asks for. It gets no event and must not need one: it may be called
 * twice, late, and for objects that are gone.
 *
 * An error that is retryable by the error table comes back with back-off; any other one after `terminalRetryMs`,
 * or when something changes.
 */
export type Reconcile = (key: string) => Promise<ReconcileResult>;

/** A controller. */
export interface ControllerOptions {
  readonly kind: string;
  readonly queue: WorkQueue;
  readonly reconcile: Reconcile;
  /** Keys in work at the same time. */
  readonly concurrency: number;
  /** When a key whose error is final is tried again all the same: what was wrong may be outside our sight. */
  readonly terminalRetryMs: Milliseconds;
  /** How long the other side asked us to wait, if it did. */
  readonly retryAfterOf?: (error: unknown) => Milliseconds | undefined;
  readonly log: Log;
}

/** Runs until the queue is closed and the work in flight is over. */
export async function runController(options: ControllerOptions): Promise<void> {
  await Promise.all(Array.from({ length: options.concurrency }, () => runWorker(options)));
}

async function runWorker(options: ControllerOptions): Promise<void> {
  for (;;) {
    const key = await options.queue.take();
    if (key === undefined) {
      return;
    }
    await work(options, key);
  }
}

async function work(options: ControllerOptions, key: string): Promise<void> {
  const { queue } = options;
  try {
    requeueReconciled(queue, key, await options.reconcile(key));
  } catch (error) {
    options.log.failure("reconcile failed", error, { kind: options.kind, ...splitKey(key) });
    requeueFailed(options, key, error);
  } finally {
    queue.done(key);
  }
}

function requeueReconciled(
  queue: WorkQueue,
  key: string,
  { requeueAfterMs, backoff }: ReconcileResult,
): void {
  if (backoff !== "next") {
    queue.forget(key);
  }
  if (backoff !== undefined) {
    queue.addBackingOff(key);
  } else if (requeueAfterMs !== undefined) {
    queue.addAfter(key, requeueAfterMs);
  }
}

function requeueFailed(options: ControllerOptions, key: string, error: unknown): void {
  if (isRetryable(error)) {
    options.queue.addBackingOff(key, options.retryAfterOf?.(error));
    return;
  }
  options.queue.forget(key);
  options.queue.addAfter(key, options.terminalRetryMs);
}
