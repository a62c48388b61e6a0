// SPDX-License-Identifier: Apache-2.0
/** Paces requests to each host, and leaves a host alone that refused or failed: nobody is asked more often than it bears. */

import { type Clock, type Jitter, type Milliseconds, StrongroomError } from "@strongroom/core";
import * as limits from "./limits.ts";

/** How many requests a host bears: `burst` at once, then one every `everyMs`. */
export interface HostPace {
  readonly everyMs: Milliseconds;
  readonly burst: number;
}

/** Requests to hosts, in turn. */
export interface HostGate {
  /**
   * Waits for a turn.
   *
   * @throws {StrongroomError} `EndorsementsUnavailable` at once, if the turn would come too late to be of use.
   */
  enter(host: string, pace: HostPace, signal: AbortSignal): Promise<void>;
  /** The host answered. */
  succeeded(host: string): void;
  /** The host did not, or asked to be left alone for a while. */
  failed(host: string, retryAfter?: Milliseconds): void;
}

interface HostState {
  /** Instant, in milliseconds, at which the bucket would be full. */
  full: number;
  closedUntil: number;
  failures: number;
}

/** A gate that knows of no failure yet. */
export function createHostGate({
  clock,
  jitter,
}: {
  readonly clock: Clock;
  readonly jitter: Jitter;
}): HostGate {
  const hosts = new Map<string, HostState>();
  const stateOf = (host: string): HostState => {
    const state = hosts.get(host) ?? { full: 0, closedUntil: 0, failures: 0 };
    hosts.set(host, state);
    return state;
  };
  return {
    enter: async (host, { everyMs, burst }, signal) => {
      const state = stateOf(host);
      const now = clock.now().getTime();
      const free = state.full - (burst - 1) * everyMs;
      const turn = Math.max(now, state.closedUntil, free);
      if (turn - now > limits.longestTurn) {
        throw new StrongroomError("EndorsementsUnavailable", "the endorsements' host is busy");
      }
      state.full = Math.max(state.full, turn) + everyMs;
      if (turn > now) {
        await clock.sleep(turn - now, signal);
      }
    },
    succeeded: (host) => {
      stateOf(host).failures = 0;
    },
    failed: (host, retryAfter) => {
      const state = stateOf(host);
      const grown = Math.min(
        limits.hostBackOff.first * 2 ** state.failures,
        limits.hostBackOff.last,
      );
      const asked = Math.min(retryAfter ?? 0, limits.longestRetryAfter);
      state.failures = Math.min(state.failures + 1, 30);
      state.closedUntil = clock.now().getTime() + Math.max(jitter(grown), asked);
    },
  };
}

/** The pause that an answer's `Retry-After` asks for, RFC 9110 section 10.2.3; undefined where it asks for none. */
export function parseRetryAfter(header: string | undefined, at: Date): Milliseconds | undefined {
  if (header === undefined) {
    return undefined;
  }
  if (/^\d{1,9}$/.test(header)) {
    return Number(header) * 1_000;
  }
  const until = Date.parse(header);
  return Number.isNaN(until) ? undefined : Math.max(0, until - at.getTime());
}
