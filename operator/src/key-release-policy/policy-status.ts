// SPDX-License-Identifier: Apache-2.0
/** The status of a KeyReleasePolicy. Pure. */

import type { KeyReleasePolicyStatus, PutPolicyResponse } from "@strongroom/api";
import { isStrongroomError } from "@strongroom/core";
import type { StrongroomResource } from "../resource.ts";
import { ready, type Verdict, withConditions } from "../status.ts";

type Policy = StrongroomResource<KeyReleasePolicyStatus>;

/** Status of a policy that the vault enforces. */
export function toPolicyStatus(
  policy: Policy,
  { digest, objects, names, warnings }: PutPolicyResponse,
  at: Date,
): KeyReleasePolicyStatus {
  const accepted = verdictOf("True", "Accepted", "the policy is well-formed");
  const known = {
    ...{ digest, objects },
    ...(names.length > 0 && { firstObjects: names }),
    ...(warnings.length > 0 && { warnings }),
  };
  return withConditions(policy, known, [accepted, ready("the vault enforces the policy")], at);
}

/** Status of one that it does not, or not yet; the digest is still that of what it enforces. */
export function toFailedPolicyStatus(
  policy: Policy,
  error: unknown,
  verdict: Verdict,
  at: Date,
): KeyReleasePolicyStatus {
  const { conditions: _, observedGeneration: __, ...known } = policy.status ?? {};
  return withConditions(policy, known, [acceptedAfter(policy, error, verdict), verdict], at);
}

// Only a malformed policy is the policy's own fault; anything else says nothing new about it.
function acceptedAfter(policy: Policy, error: unknown, { message }: Verdict): Verdict {
  if (isStrongroomError(error, "BadParameter")) {
    return verdictOf("False", "InvalidPolicy", message);
  }
  const last = policy.status?.conditions?.find(
    ({ type, observedGeneration }) =>
      type === "Accepted" && observedGeneration === policy.metadata.generation,
  );
  return last === undefined
    ? verdictOf("Unknown", "Pending", "the vault has not seen the policy yet")
    : verdictOf(last.status, last.reason, last.message);
}

function verdictOf(status: Verdict["status"], reason: string, message: string): Verdict {
  return { type: "Accepted", status, reason, message };
}
