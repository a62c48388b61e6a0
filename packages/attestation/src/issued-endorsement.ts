// SPDX-License-Identifier: Apache-2.0
/** An endorsement that was verified on its own, before any evidence asks for it: what it is about, and how new it is. */

import type { Refused, Verdict } from "./verdict.ts";

/** What of an endorsement says whether another one supersedes it. */
export interface IssuedEndorsement {
  /** Vendor, kind, and of what: `intel/tcb-info/tdx/00806f050000`, `amd/crl/Milan`. */
  readonly about: string;
  /** TCB evaluation data number, or CRL number: no later one has a lower. */
  readonly number?: bigint;
  /** Where it replaces others of its kind. */
  readonly issuedAt?: Date;
  /** When the vendor will have issued the next; without, it never changes. */
  readonly nextUpdate?: Date;
}

/** All of them, each thing once, or the first refusal. */
export function allIssued(
  results: readonly (IssuedEndorsement | Refused)[],
): Verdict<readonly IssuedEndorsement[]> {
  const refused = results.find(isRefused);
  if (refused !== undefined) {
    return refused;
  }
  const issued = results.flatMap((one) => (isRefused(one) ? [] : [one]));
  return {
    kind: "verified",
    claims: [...new Map(issued.map((one) => [one.about, one])).values()],
  };
}

function isRefused(result: IssuedEndorsement | Refused): result is Refused {
  return "kind" in result;
}
