// SPDX-License-Identifier: Apache-2.0
/** Lets at most one call work on a target path. */

import { StrongroomError } from "@strongroom/core";

/** The right to work on one target, until disposed. */
export interface TargetLock extends Disposable {
  /** Aborts when somebody else needs the target. */
  readonly signal: AbortSignal;
}

/** Locks of all targets of this node. */
export interface TargetLocks {
  /** Locks a target. @throws {StrongroomError} `Conflict` while a call for it is in flight. */
  lock(target: string): TargetLock;
  /** Asks whoever has the target to stop, waits until they did, then locks it. */
  takeOver(target: string): Promise<TargetLock>;
}

interface Holder {
  readonly controller: AbortController;
  readonly done: Promise<void>;
}

/** Locks that are kept in memory: another process never works on our targets. */
export function createTargetLocks(): TargetLocks {
  const holders = new Map<string, Holder>();
  const lock = (target: string): TargetLock => {
    if (holders.has(target)) {
      throw new StrongroomError("Conflict", "a call for this target is in flight");
    }
    const controller = new AbortController();
    const { promise, resolve } = Promise.withResolvers<void>();
    holders.set(target, { controller, done: promise });
    return {
      signal: controller.signal,
      [Symbol.dispose]: () => {
        holders.delete(target);
        resolve();
      },
    };
  };
  return {
    lock,
    takeOver: async (target) => {
      for (let holder = holders.get(target); holder !== undefined; holder = holders.get(target)) {
        holder.controller.abort(new StrongroomError("Conflict", "the volume is being unpublished"));
        await holder.done;
      }
      return lock(target);
    },
  };
}
