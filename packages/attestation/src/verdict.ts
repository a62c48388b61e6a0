// SPDX-License-Identifier: Apache-2.0
/** What verification decided: claims, or a refusal with its class. Decisions are data, never exceptions. */

import { isStrongroomError } from "@strongroom/core";

/**
 * Why evidence was refused, coarse enough to show to the caller.
 *
 * `endorsements-unavailable` is the only class where asking again later may help.
 */
export type RefusalClass =
  | "malformed"
  | "bad-signature"
  | "untrusted-chain"
  | "expired"
  | "revoked"
  | "tcb-out-of-date"
  | "binding-mismatch"
  | "policy-denied"
  | "endorsements-unavailable";

/** Evidence that was not accepted. `reason` is for the audit log: no secret, but more than a caller is told. */
export interface Refused {
  readonly kind: "refused";
  readonly class: RefusalClass;
  readonly reason: string;
}

/** Evidence whose authenticity was proved; whether it is good enough is for a policy to say. */
export interface Verified<Claims> {
  readonly kind: "verified";
  readonly claims: Claims;
}

/** The outcome of a verification. */
export type Verdict<Claims> = Verified<Claims> | Refused;

/** A refusal. */
export function refuse(refusal: RefusalClass, reason: string): Refused {
  return { kind: "refused", class: refusal, reason };
}

/** Runs a verification and turns malformed bytes, wherever they were met, into the refusal `malformed`. */
export function decide<Claims>(verify: () => Verdict<Claims>): Verdict<Claims> {
  try {
    return verify();
  } catch (error) {
    if (isStrongroomError(error, "EvidenceMalformed")) {
      return refuse("malformed", error.message);
    }
    throw error;
  }
}
