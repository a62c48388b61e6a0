// SPDX-License-Identifier: Apache-2.0
/** A ceremony from its request to its outcome, over the restart that it ends with. */

import { type Clock, isErrorCode, isStrongroomError, StrongroomError } from "@strongroom/core";
import type { HsmClient } from "./hsm-client.ts";
import type { CeremonySpec } from "./hsm-domain.ts";

/** How often the host is asked, in milliseconds. */
const pollMs = 200;

/** Longest wait in milliseconds: for a ceremony of some seconds, and for the host to come back. */
const patienceMs = 180_000;

/**
 * Performs a ceremony; when it resolves, the HSM serves with the keys that it made.
 *
 * @throws {StrongroomError} why it failed: nothing has changed then. `HsmUnavailable` if the host did not come back, or
 * ended under the ceremony.
 */
export async function performCeremony(
  hsm: Pick<HsmClient, "beginCeremony" | "ceremony" | "domain" | "status">,
  clock: Clock,
  spec: CeremonySpec,
): Promise<void> {
  const before = await keysOf(hsm);
  const deadline = clock.now().getTime() + patienceMs;
  await hsm.beginCeremony(spec);
  while ((await stateOf(hsm)) === "running") {
    if (clock.now().getTime() > deadline) {
      throw new StrongroomError("HsmUnavailable", "the HSM's ceremony did not end in time");
    }
    await clock.sleep(pollMs);
  }
  if ((await keysOf(hsm)) === before) {
    throw new StrongroomError("HsmUnavailable", "the HSM host ended before the ceremony did");
  }
}

async function stateOf(hsm: Pick<HsmClient, "ceremony" | "domain">): Promise<"running" | "none"> {
  try {
    const answer = await hsm.ceremony();
    if (answer.state === "failed") {
      const { code, message } = answer;
      throw new StrongroomError(isErrorCode(code) ? code : "Internal", message);
    }
    return answer.state;
  } catch (error) {
    // It restarts at the end.
    if (isStrongroomError(error, "HsmUnavailable")) {
      return "running";
    }
    throw error;
  }
}

// What a ceremony changes, whichever it is.
async function keysOf(hsm: Pick<HsmClient, "domain" | "status">): Promise<string> {
  const { state } = await hsm.domain();
  return state === "pending" ? state : JSON.stringify((await hsm.status()).generations);
}
