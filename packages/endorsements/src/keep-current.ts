// SPDX-License-Identifier: Apache-2.0
/** Asks for what vendors issue again and again ahead of its end, so that no attestation has to wait for a vendor. */

import { type Clock, isStrongroomError, type Jitter, type Log } from "@strongroom/core";
import type { EndorsementLibrary } from "./endorsement-library.ts";
import * as limits from "./limits.ts";

/** What keeping endorsements current needs. */
export interface KeepCurrentDeps {
  readonly library: EndorsementLibrary;
  readonly clock: Clock;
  readonly jitter: Jitter;
  readonly log: Log;
}

/** Looks about every hour, until `signal` aborts, for what is a day old. */
export async function keepCurrent(
  { library, clock, jitter, log }: KeepCurrentDeps,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await library.renew(limits.refreshAfter).catch((error: unknown) => {
      if (!isStrongroomError(error)) {
        throw error;
      }
      log.failure("endorsements not renewed", error);
    });
    await clock.sleep(jitter(limits.refreshEvery), signal).catch(() => undefined);
  }
}
