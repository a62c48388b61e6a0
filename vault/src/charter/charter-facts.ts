// SPDX-License-Identifier: Apache-2.0
/** What is told of a charter: for the status of its vault's resource. */

import { type CharterFacts, charterContentWarnings } from "@strongroom/api";
import { signerId } from "@strongroom/core";
import type { CharterRecord } from "./charter-record.ts";

/** The facts. */
export function charterFacts({ digest, charter }: CharterRecord): CharterFacts {
  const { serial, expires, onExpiry, signers } = charter;
  return {
    ...{ serial, digest, expires, onExpiry, threshold: signers.threshold },
    signers: signers.keys.map(signerId),
    warnings: [...charterContentWarnings(charter)],
  };
}
