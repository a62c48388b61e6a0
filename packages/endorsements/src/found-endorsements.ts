// SPDX-License-Identifier: Apache-2.0
/** What was found of a piece of evidence's endorsements. */

import { StrongroomError } from "@strongroom/core";
import type { EndorsementName } from "./endorsement.ts";

/** Endorsements of one piece of evidence. */
export interface FoundEndorsements {
  /** PEM, DER or JSON, as verifiers take them. */
  readonly files: readonly Uint8Array[];
  readonly missing: readonly EndorsementName[];
}

/**
 * Goes on only with all of them: whoever lacks one may ask again later, and has verified nothing.
 *
 * @throws {StrongroomError} `EndorsementsUnavailable`, naming the first that is missing.
 */
export function requireAll({ files, missing }: FoundEndorsements): readonly Uint8Array[] {
  const [first] = missing;
  if (first !== undefined) {
    const what = first.split("/").slice(0, 3).join("/");
    throw new StrongroomError("EndorsementsUnavailable", `no endorsement ${what} to be had`);
  }
  return files;
}
