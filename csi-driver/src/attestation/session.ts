// SPDX-License-Identifier: Apache-2.0
/** Keeps this node attested: one attempt at a time, shared by everyone who waits for it. */

import {
  type Clock,
  isRetryable,
  isStrongroomError,
  type Log,
  StrongroomError,
} from "@strongroom/core";
import { untilAborted } from "../abortable.ts";
import type { Metrics } from "../health/metrics.ts";
import {
  attestEvery,
  attestTimeout,
  backOff,
  failureKept,
  refusalKept,
  tokenMargin,
} from "../limits.ts";
import type { RetryTiming } from "../retry.ts";
import type { Session } from "./attest.ts";

/** The node's attestation, as releases see it. */
export interface AttestationSession {
  /**
   * A session whose token is good for a while; waits for the attempt that is under way, or starts one.
   *
   * @throws {StrongroomError} `AttestationRefused` when the vault does not believe this node, or why there is no
   *   answer.
   */
  current(signal: AbortSignal): Promise<Session>;
  /** Gives up a session that the vault did not take, unless a newer one has replaced it already. */
  discard(session: Session): void;
  /** Renews the session about every ten minutes until `signal` aborts. */
  run(signal: AbortSignal): Promise<void>;
}

/** What keeping a node attested needs. */
export interface SessionDeps extends RetryTiming {
  readonly attest: (signal: AbortSignal) => Promise<Session>;
  readonly log: Log;
  readonly metrics: Metrics;
}

interface Failure {
  readonly error: unknown;
  readonly until: number;
}

/** No attempt is made before it is asked for. */
export function createAttestationSession(deps: SessionDeps): AttestationSession {
  const { clock, jitter } = deps;
  let session: Session | undefined;
  const renew = createSharedAttempt(deps, (renewed) => {
    session = renewed;
  });
  return {
    current: async (signal) => {
      if (session !== undefined && isUsable(session, clock)) {
        return session;
      }
      return await untilAborted(renew(), signal);
    },
    discard: (stale) => {
      session = session === stale ? undefined : session;
    },
    run: async (signal) => {
      for (let pause: number = backOff.first; !signal.aborted; ) {
        const renewed = await renew().catch(() => undefined);
        pause = renewed === undefined ? Math.min(pause * 2, backOff.last * 3) : backOff.first;
        const wait = renewed === undefined ? jitter(pause) : jitter(lifeOf(renewed, clock));
        await clock.sleep(wait, signal).catch(() => undefined);
      }
    },
  };
}

// One attempt for everyone, and what failed a moment ago fails again: a hundred waiting pods must not be a hundred
// quotes.
function createSharedAttempt(
  deps: SessionDeps,
  onSession: (session: Session) => void,
): () => Promise<Session> {
  const { clock } = deps;
  let failure: Failure | undefined;
  let attempt: Promise<Session> | undefined;
  const start = async (): Promise<Session> => {
    try {
      const session = await attestOnce(deps);
      failure = undefined;
      onSession(session);
      return session;
    } catch (error) {
      const kept = isRetryable(error) ? failureKept : refusalKept;
      failure = { error, until: clock.now().getTime() + kept };
      throw error;
    } finally {
      attempt = undefined;
    }
  };
  return () => {
    if (attempt === undefined && failure !== undefined && failure.until > clock.now().getTime()) {
      return Promise.reject(failure.error);
    }
    attempt ??= start();
    return attempt;
  };
}

async function attestOnce({ attest, log, metrics }: SessionDeps): Promise<Session> {
  try {
    // Not the signal of whoever came first: others may be waiting for the same attempt.
    const session = await attest(AbortSignal.timeout(attestTimeout));
    metrics.attested(session.expiresAt);
    log.info("node attested");
    return session;
  } catch (error) {
    metrics.attestationFailed(isStrongroomError(error) ? error.code : "Internal");
    log.failure("node not attested", error);
    throw toPublic(error);
  }
}

function isUsable(session: Session, clock: Clock): boolean {
  return session.expiresAt.getTime() - tokenMargin > clock.now().getTime();
}

// Ten minutes, or less for a token that would end before.
function lifeOf(session: Session, clock: Clock): number {
  const left = session.expiresAt.getTime() - 2 * tokenMargin - clock.now().getTime();
  return Math.max(backOff.first, Math.min(attestEvery, left));
}

// Whoever waits hears the class and no more; the log has the rest.
function toPublic(error: unknown): StrongroomError {
  const code = isStrongroomError(error) ? error.code : "Internal";
  return isRetryable(error)
    ? new StrongroomError(code, `node not attested: ${code}`, { cause: error })
    : new StrongroomError("AttestationRefused", `node attestation refused: ${code}`, {
        cause: error,
      });
}
