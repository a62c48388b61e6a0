// SPDX-License-Identifier: Apache-2.0
/**
 * What was verified before, for as long as the answer cannot change. The caller makes the cache and hands it in, and says the
 * instant at each use: nothing here has a clock.
 */

import { sha256, toHex, utf8 } from "@strongroom/core";

/** Milliseconds since 1970, both excluded, between which an answer stays what it is. */
export interface HeldWindow {
  readonly after: number;
  readonly before: number;
}

interface Entry<T> {
  readonly value: T;
  readonly window: HeldWindow;
}

/**
 * Verified chains and statements by the digest of everything that the answer follows from: all bytes and whom to trust.
 * Never by a signature, of which one statement can have several, nor by a name.
 */
export class VerifiedCache<T> {
  readonly #entries = new Map<string, Entry<T>>();
  readonly #limit: number;

  /** @param limit How many answers are kept; the one that was not asked for the longest goes first. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** The answer for this key, if it is still the one at this instant. */
  get(key: string, at: Date): T | undefined {
    const entry = this.#entries.get(key);
    const now = at.getTime();
    if (entry === undefined || !(entry.window.after < now && now < entry.window.before)) {
      return undefined;
    }
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry.value;
  }

  /** Keeps an answer. */
  set(key: string, value: T, window: HeldWindow): void {
    this.#entries.delete(key);
    this.#entries.set(key, { value, window });
    const [oldest] = this.#entries.keys();
    if (this.#entries.size > this.#limit && oldest !== undefined) {
      this.#entries.delete(oldest);
    }
  }
}

/** A key: the digest of a list of texts, whose lengths cannot be shifted between them. */
export function cacheKey(parts: readonly string[]): string {
  return toHex(sha256(utf8(JSON.stringify(parts))));
}

/**
 * The time around `at` in which none of `dates` lies. Every check of a date compares the instant with one of them, so
 * that in this time each comes out the same. Empty where `at` is one of the dates.
 */
export function windowAround(dates: readonly Date[], at: Date): HeldWindow {
  const now = at.getTime();
  const times = dates.map((date) => date.getTime());
  return {
    after: Math.max(Number.NEGATIVE_INFINITY, ...times.filter((time) => time <= now)),
    before: Math.min(Number.POSITIVE_INFINITY, ...times.filter((time) => time >= now)),
  };
}
