// SPDX-License-Identifier: Apache-2.0
/** A node that proves itself by a trusted execution environment, with the endorsements that this node has at hand. */

import { isStrongroomError, type Log, StrongroomError, sha256 } from "@strongroom/core";
import type { FoundEndorsements } from "@strongroom/endorsements";
import { endorsementWait } from "../limits.ts";
import type { TeeCollector, TeeEvidence } from "../tee/tee-evidence.ts";
import type { InstallationPort } from "./installation-port.ts";
import type { NodeEvidence } from "./node-evidence.ts";
import { toTeeAttestation } from "./to-tee-attestation.ts";

/** What it works with. */
export interface TeeEvidenceDeps {
  readonly installation: InstallationPort;
  readonly collector: TeeCollector;
  readonly findEndorsements: (
    evidence: TeeEvidence,
    signal: AbortSignal,
  ) => Promise<FoundEndorsements>;
  readonly log: Log;
}

/** Evidence of a TEE. */
export function createTeeEvidence(deps: TeeEvidenceDeps): NodeEvidence {
  return {
    present: async (runtimeData, signal) => {
      const { evidence, endorsements } = await deps.collector.collect(sha256(runtimeData), signal);
      const found = await findOrNone(deps, evidence, signal);
      const request = toTeeAttestation(evidence, runtimeData, [...endorsements, ...found]);
      return await deps.installation.attestTee(request, signal);
    },
    // A device of these kinds that the vault has to know is bound to its node when it attests.
    enrol: () =>
      Promise.reject(
        new StrongroomError("NotEnrolled", "this evidence has no enrolment of its own"),
      ),
  };
}

/** What is missing here the vault may have; what it lacks too, it says, and nothing is believed meanwhile. */
async function findOrNone(
  { findEndorsements, log }: TeeEvidenceDeps,
  evidence: TeeEvidence,
  signal: AbortSignal,
): Promise<readonly Uint8Array[]> {
  try {
    const bounded = AbortSignal.any([signal, AbortSignal.timeout(endorsementWait)]);
    const { files, missing } = await findEndorsements(evidence, bounded);
    if (missing.length > 0) {
      log.warn("endorsements are missing", { count: missing.length, kind: evidence.kind });
    }
    return files;
  } catch (error) {
    if (!isStrongroomError(error)) {
      throw error;
    }
    log.failure("endorsements not looked for", error, { kind: evidence.kind });
    return [];
  }
}
