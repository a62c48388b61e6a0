// SPDX-License-Identifier: Apache-2.0
/** A token bucket for each caller, so that one of them leaves something for the others. */

import { type Clock, StrongroomError } from "@strongroom/core";
import type { Caller } from "../identity/caller.ts";

/** How much one caller may ask for. */
export interface RateLimit {
  /** Requests in a second in the long run; 0 is no limit. */
  readonly requestsPerSecond: number;
  /** Requests at once after a pause. */
  readonly burst: number;
}

/** Callers that are remembered; one that is forgotten has a full bucket, as after a pause. */
const maxCallers = 10_000;

/** Too many requests of one caller, with the seconds after which there is room for one again. */
export class Throttled extends StrongroomError {
  readonly retryAfterSeconds: number;

  constructor(retryAfterSeconds: number) {
    super("TooManyRequests", "request was not processed because too many requests were received");
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

interface Bucket {
  readonly tokens: number;
  readonly at: number;
}

/** Counts callers' requests. */
export class RateLimiter {
  readonly #limit: RateLimit;
  readonly #clock: Pick<Clock, "now">;
  readonly #buckets = new Map<string, Bucket>();

  constructor(limit: RateLimit, clock: Pick<Clock, "now">) {
    this.#limit = limit;
    this.#clock = clock;
  }

  /** Counts one request. @throws {Throttled} if the caller has none left. */
  take(caller: Caller): void {
    const { requestsPerSecond, burst } = this.#limit;
    if (requestsPerSecond === 0) {
      return;
    }
    const now = this.#clock.now().getTime();
    const key = keyOf(caller);
    const { tokens, at } = this.#buckets.get(key) ?? { tokens: burst, at: now };
    const elapsed = Math.max(0, now - at) / 1_000;
    const left = Math.min(burst, tokens + elapsed * requestsPerSecond) - 1;
    if (left < 0) {
      throw new Throttled(Math.ceil(-left / requestsPerSecond));
    }
    this.#buckets.delete(key);
    this.#buckets.set(key, { tokens: left, at: now });
    const oldest = this.#buckets.keys().next();
    if (this.#buckets.size > maxCallers && !oldest.done) {
      this.#buckets.delete(oldest.value);
    }
  }
}

// By what authentication answers, which is one object for as long as a token is remembered.
const keys = new WeakMap<Caller, string>();

function keyOf(caller: Caller): string {
  const key = keys.get(caller) ?? spellKey(caller);
  keys.set(caller, key);
  return key;
}

// All node plugins have one account: each node counts for itself.
function spellKey({ principal, bound }: Caller): string {
  const { issuer, subject, accountUid } = principal;
  return JSON.stringify([issuer, subject, accountUid ?? "", bound?.nodeUid ?? ""]);
}
