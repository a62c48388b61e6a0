// SPDX-License-Identifier: Apache-2.0
/** Leader election by a Lease, with client-go's times: at most one leader, and a number that fences the last one. */

import { type Clock, isStrongroomError, type Log, type Milliseconds } from "@strongroom/core";
import type { KubeClient } from "./kube-client.ts";
import {
  isFree,
  type Lease,
  newLease,
  releasedLease,
  renewedLease,
  type Sighting,
  type Term,
  takenLease,
  updateSighting,
} from "./lease.ts";

/** Times of an election. */
export interface ElectionTimes {
  /** How long a silent leader is still taken for alive. */
  readonly leaseMs: Milliseconds;
  /** How long a leader tries to renew before it steps down; less than `leaseMs`. */
  readonly renewDeadlineMs: Milliseconds;
  /** Between two attempts. */
  readonly retryMs: Milliseconds;
}

const defaultTimes: ElectionTimes = { leaseMs: 15_000, renewDeadlineMs: 10_000, retryMs: 2_000 };

/** What an election needs. */
export interface ElectionOptions {
  /** Its calls must give up within `leaseMs` - `renewDeadlineMs`, or a hanging one would outlive the lease. */
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly log: Log;
  readonly namespace: string;
  readonly name: string;
  /** Unique for each start of the process, so that a restarted leader is a new one with a new epoch. */
  readonly identity: string;
  readonly times?: ElectionTimes;
}

/** A term as leader. */
export interface Leadership {
  /** Transitions of the lease: rises with every new leader. */
  readonly epoch: number;
  /** Aborts when the term ends: stop all work at once. */
  readonly signal: AbortSignal;
}

/**
 * Stands for election until `signal` aborts and calls `lead` for each term. The lease is renewed until `lead` returns
 * and released then; a term that cannot be renewed in time is aborted first.
 */
export async function runElection(
  options: ElectionOptions,
  signal: AbortSignal,
  lead: (leadership: Leadership) => Promise<void>,
): Promise<void> {
  while (!signal.aborted) {
    const lease = await acquire(options, signal);
    if (lease !== undefined) {
      await serve(options, lease, signal, lead);
    }
  }
}

async function acquire(options: ElectionOptions, signal: AbortSignal): Promise<Lease | undefined> {
  const { clock, log } = options;
  const times = options.times ?? defaultTimes;
  let sighting: Sighting | undefined;
  while (!signal.aborted) {
    try {
      const attempt = await tryAcquire(options, sighting);
      if (attempt.kind === "held") {
        return attempt.lease;
      }
      sighting = attempt.sighting;
    } catch (error) {
      logUnlessConflict(log, "cannot take the lease", error);
    }
    await clock.sleep(times.retryMs, signal).catch(() => undefined);
  }
  return undefined;
}

type Attempt =
  | { readonly kind: "held"; readonly lease: Lease }
  | { readonly kind: "waiting"; readonly sighting: Sighting };

async function tryAcquire(options: ElectionOptions, last: Sighting | undefined): Promise<Attempt> {
  const { client, clock, namespace, name, identity } = options;
  const durationSeconds = Math.ceil((options.times ?? defaultTimes).leaseMs / 1_000);
  const place = leaseName(options);
  const lease = await client.get<Lease>(place);
  const term: Term = { identity, at: clock.now(), durationSeconds };
  if (lease === undefined) {
    return { kind: "held", lease: await client.create(place, newLease({ namespace, name }, term)) };
  }
  const sighting = updateSighting(last, lease, term.at.getTime());
  if (!isFree(sighting, term.at.getTime())) {
    return { kind: "waiting", sighting };
  }
  // The resourceVersion in the body makes this a compare-and-swap: of two takers one gets Conflict.
  return { kind: "held", lease: await client.replace(place, takenLease(lease, term)) };
}

async function serve(
  options: ElectionOptions,
  lease: Lease,
  signal: AbortSignal,
  lead: (leadership: Leadership) => Promise<void>,
): Promise<void> {
  const { log } = options;
  const term = new AbortController();
  const over = new AbortController();
  const epoch = lease.spec.leaseTransitions ?? 0;
  log.info("became leader", { index: epoch });
  const renewing = renew(options, lease, term, over.signal);
  try {
    await lead({ epoch, signal: AbortSignal.any([signal, term.signal]) });
  } finally {
    over.abort();
    const last = await renewing;
    log.info("stopped leading", { index: epoch });
    await release(options, last);
  }
}

/** Renews until `over`; aborts `term` when renewal fails for too long. Resolves with the lease as last written. */
async function renew(
  options: ElectionOptions,
  taken: Lease,
  term: AbortController,
  over: AbortSignal,
): Promise<Lease | undefined> {
  const { clock, times = defaultTimes } = options;
  let lease: Lease | undefined = taken;
  let renewedAt = clock.now().getTime();
  while (lease !== undefined) {
    await clock.sleep(times.retryMs, over).catch(() => undefined);
    if (over.aborted) {
      return lease;
    }
    // Counted from before the call: the lease runs from when it was asked for, not from when the answer came.
    const askedAt = clock.now();
    const renewal: Renewal = await tryRenew(options, lease, askedAt);
    renewedAt = renewal.kind === "renewed" ? askedAt.getTime() : renewedAt;
    const isLate = clock.now().getTime() - renewedAt >= times.renewDeadlineMs;
    lease = renewal.kind === "lost" || isLate ? undefined : renewal.lease;
  }
  term.abort();
  return undefined;
}

type Renewal =
  | { readonly kind: "renewed" | "failed"; readonly lease: Lease }
  | { readonly kind: "lost" };

async function tryRenew(options: ElectionOptions, lease: Lease, at: Date): Promise<Renewal> {
  const { client, log, identity } = options;
  try {
    const renewed = await client.replace(leaseName(options), renewedLease(lease, at));
    return { kind: "renewed", lease: renewed };
  } catch (error) {
    log.failure("cannot renew the lease", error);
  }
  try {
    // A renewal whose answer got lost is a conflict with ourselves: whoever holds the lease now decides.
    const current = await client.get<Lease>(leaseName(options));
    return current?.spec.holderIdentity === identity
      ? { kind: "failed", lease: current }
      : { kind: "lost" };
  } catch {
    return { kind: "failed", lease };
  }
}

async function release(options: ElectionOptions, lease: Lease | undefined): Promise<void> {
  if (lease === undefined) {
    return;
  }
  try {
    const given = releasedLease(lease, options.clock.now());
    await options.client.replace(leaseName(options), given);
  } catch (error) {
    options.log.failure("cannot release the lease", error);
  }
}

function leaseName({ namespace, name }: Pick<ElectionOptions, "namespace" | "name">) {
  return { apiVersion: "coordination.k8s.io/v1", plural: "leases", namespace, name };
}

function logUnlessConflict(log: Log, message: string, error: unknown): void {
  if (!isStrongroomError(error, "Conflict")) {
    log.failure(message, error);
  }
}
