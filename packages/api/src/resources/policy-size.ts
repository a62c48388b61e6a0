// SPDX-License-Identifier: Apache-2.0
/** The size of a release policy in a resource. */

import { maxPolicyBytes } from "../limits.ts";

/** Whether a policy's JSON has an acceptable size; its grammar is recursive, so only a parser can check the rest. */
export function hasBoundedSize(policy: object): boolean {
  return new TextEncoder().encode(JSON.stringify(policy)).length <= maxPolicyBytes;
}
