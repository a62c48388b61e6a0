// SPDX-License-Identifier: Apache-2.0
/** Verifies a token before a decision, and says within it what came of that, so that a refused token has its leaf. */

import type { VerifiedTarget } from "./verified-target.ts";
import type { VerifyTarget } from "./verify-target.ts";

/** What answers the target, or throws why there is none. */
export type SettledTarget = () => VerifiedTarget;

/** Verifies; what is answered does not wait for anything. */
export async function settleTarget(
  { verifyTarget }: { readonly verifyTarget: VerifyTarget },
  token: string,
  at: Date,
): Promise<SettledTarget> {
  try {
    const target = await verifyTarget(token, at);
    return () => target;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}
