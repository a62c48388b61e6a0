// SPDX-License-Identifier: Apache-2.0
/** What the configured sources answer for a name: one request at a time for each, shared by everyone who wants it. */

import { type Clock, isStrongroomError, type Log } from "@strongroom/core";
import type { EndorsementName } from "./endorsement.ts";
import type { EndorsementRequest } from "./endorsement-request.ts";
import type { EndorsementSources } from "./endorsement-sources.ts";
import { fetchEndorsement } from "./fetch-endorsement.ts";
import type { HostGate } from "./host-gate.ts";
import { requestsFor } from "./request-endorsement.ts";
import type { NamedFiles } from "./verify-endorsement.ts";

/** What asking sources needs. */
export interface CandidateDeps {
  readonly sources: EndorsementSources;
  readonly clock: Clock;
  readonly gate: HostGate;
  readonly log: Log;
  /** Ends requests that are under way. */
  readonly stopping: AbortSignal;
}

/**
 * Asks each source that has endorsements of this name, the nearest first. None of the answers is verified; none at all
 * is an empty list.
 */
export function createSharedFetch(
  deps: CandidateDeps,
): (name: EndorsementName) => Promise<readonly NamedFiles[]> {
  const under = new Map<EndorsementName, Promise<readonly NamedFiles[]>>();
  return (name) => {
    const running =
      under.get(name) ?? fetchCandidates(deps, name).finally(() => under.delete(name));
    under.set(name, running);
    return running;
  };
}

async function fetchCandidates(
  deps: CandidateDeps,
  name: EndorsementName,
): Promise<readonly NamedFiles[]> {
  const candidates: NamedFiles[] = [];
  for (const request of requestsFor(name, deps.sources)) {
    const files = await fetchOrWarn(deps, name, request);
    if (files !== undefined) {
      candidates.push({ name, files });
    }
  }
  return candidates;
}

async function fetchOrWarn(
  deps: CandidateDeps,
  name: EndorsementName,
  request: EndorsementRequest,
): Promise<readonly Uint8Array[] | undefined> {
  try {
    return await fetchEndorsement(deps, request, deps.stopping);
  } catch (error) {
    if (deps.stopping.aborted) {
      return undefined;
    }
    if (!isStrongroomError(error, "EndorsementsUnavailable")) {
      throw error;
    }
    // Chip ids and PPIDs name machines and are long; their beginning tells them apart in a log.
    deps.log.warn("endorsement not fetched", { name: name.slice(0, 64), reason: error.message });
    return undefined;
  }
}
