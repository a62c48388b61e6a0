// SPDX-License-Identifier: Apache-2.0
/** What a pod's author reads when a release was denied: the class, and the names that the pod asked for itself. */

import { StrongroomError } from "@strongroom/core";
import type { Denial } from "../release/release-secrets.ts";

/** A denial as an error of a first publish. */
export function deniedError(denials: readonly Denial[]): StrongroomError {
  const listed = denials.map((denial) => `secrets/${denial.name}: ${denial.class}`);
  return new StrongroomError("ReleaseDenied", `release denied: ${listed.join(", ")}`);
}
