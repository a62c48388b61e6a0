// SPDX-License-Identifier: Apache-2.0
/** The Lease of an election: who holds it, since when, and what the next holder writes. coordination.k8s.io/v1. */

import type { Milliseconds } from "@strongroom/core";
import type { ObjectMeta } from "./kube-object.ts";

/** A Lease. */
export interface Lease {
  readonly apiVersion: "coordination.k8s.io/v1";
  readonly kind: "Lease";
  readonly metadata: ObjectMeta;
  readonly spec: {
    readonly holderIdentity?: string;
    readonly leaseDurationSeconds?: number;
    readonly leaseTransitions?: number;
    readonly acquireTime?: string;
    readonly renewTime?: string;
  };
}

/** A lease as a candidate saw it: other machines' clocks are not believed, only that the record changed. */
export interface Sighting {
  readonly lease: Lease;
  readonly seenAt: Milliseconds;
}

/** Milliseconds in a minute. */
const minute = 60_000;

/** The same record is the same sighting, however often it is read. */
export function updateSighting(
  last: Sighting | undefined,
  lease: Lease,
  now: Milliseconds,
): Sighting {
  const version = lease.metadata.resourceVersion;
  const unchanged = last !== undefined && last.lease.metadata.resourceVersion === version;
  return unchanged ? last : { lease, seenAt: now };
}

/** Whether nobody holds the lease, or its holder has not renewed it for its whole duration. */
export function isFree({ lease, seenAt }: Sighting, now: Milliseconds): boolean {
  const { holderIdentity, leaseDurationSeconds } = lease.spec;
  const held = holderIdentity !== undefined && holderIdentity !== "";
  return !held || now >= seenAt + (leaseDurationSeconds ?? 0) * 1_000;
}

/**
 * The first lease of a name. Transitions start at the minutes since 1970, so that a Lease that was deleted and made
 * anew still counts above every epoch that it had before; a lease cannot change hands once a minute for long.
 */
export function newLease(name: { namespace: string; name: string }, term: Term): Lease {
  return {
    apiVersion: "coordination.k8s.io/v1",
    kind: "Lease",
    metadata: name,
    spec: held(term, Math.floor(term.at.getTime() / minute)),
  };
}

/** The lease in the hands of a new holder. */
export function takenLease(lease: Lease, term: Term): Lease {
  return { ...lease, spec: held(term, (lease.spec.leaseTransitions ?? 0) + 1) };
}

/** The lease held on. */
export function renewedLease(lease: Lease, at: Date): Lease {
  return { ...lease, spec: { ...lease.spec, renewTime: toMicroTime(at) } };
}

/** The lease given up, so that the next one need not wait. */
export function releasedLease(lease: Lease, at: Date): Lease {
  const spec = { ...lease.spec, holderIdentity: "", leaseDurationSeconds: 1 };
  return { ...lease, spec: { ...spec, renewTime: toMicroTime(at) } };
}

/** Who takes a lease, when, and for how long without renewal. */
export interface Term {
  readonly identity: string;
  readonly at: Date;
  readonly durationSeconds: number;
}

function held({ identity, at, durationSeconds }: Term, leaseTransitions: number): Lease["spec"] {
  return {
    holderIdentity: identity,
    leaseDurationSeconds: durationSeconds,
    leaseTransitions,
    acquireTime: toMicroTime(at),
    renewTime: toMicroTime(at),
  };
}

/** The API's MicroTime: six digits of a second. */
function toMicroTime(at: Date): string {
  return at.toISOString().replace("Z", "000Z");
}
