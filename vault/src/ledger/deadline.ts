// SPDX-License-Identifier: Apache-2.0
/** The time by which a caller has an answer: for the few who wait for more than a group; see `GroupDeadlines`. */

import { type Clock, type Milliseconds, StrongroomError } from "@strongroom/core";

/** A deadline; disposing of it stops its timer. */
export interface Deadline extends Disposable {
  /** Rejects with `AuditUnavailable` when the time has come. */
  readonly expired: Promise<never>;
}

/** Starts a deadline of `ms` from now. */
export function startDeadline(clock: Clock, ms: Milliseconds): Deadline {
  const timer = new AbortController();
  const expired = clock.sleep(ms, timer.signal).then(() => {
    throw tookTooLong();
  });
  // Nobody may be waiting any more: neither when it expires nor when it is stopped.
  expired.catch(() => undefined);
  return {
    expired,
    [Symbol.dispose]: () => timer.abort(),
  };
}

/** The error that keeps an answer back for lack of a durable leaf. */
export function auditUnavailable(message: string, cause?: unknown): StrongroomError {
  return new StrongroomError("AuditUnavailable", message, { cause });
}

/** The error for whoever waited until the deadline. */
export function tookTooLong(): StrongroomError {
  return auditUnavailable("the audit log took too long");
}
