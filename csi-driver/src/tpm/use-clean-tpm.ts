// SPDX-License-Identifier: Apache-2.0
/** Uses a TPM and leaves nothing in its few slots, whatever happened before or during the use. */

import { isStrongroomError, type Log, StrongroomError } from "@strongroom/core";
import { flushEverything } from "./tpm-handles.ts";
import type { TpmChannel, TpmTransport } from "./tpm-transport.ts";

/**
 * Runs `work` with empty slots and empties them afterwards.
 *
 * A TPM without a resource manager has three slots for objects; a client that was killed leaves its own full. The
 * kernel's device empties what is ours when it is closed, and others' objects there are not ours to touch.
 *
 * @throws {StrongroomError} `TpmUnavailable`, or `TpmFailed` also for responses that make no sense.
 */
export async function useCleanTpm<T>(
  { transport, log }: { readonly transport: TpmTransport; readonly log: Log },
  work: (channel: TpmChannel) => Promise<T>,
): Promise<T> {
  try {
    return await transport.use((channel) =>
      transport.isResourceManaged ? work(channel) : withEmptySlots(channel, log, work),
    );
  } catch (cause) {
    throw isStrongroomError(cause, "EvidenceMalformed")
      ? new StrongroomError("TpmFailed", `the TPM's response is malformed: ${cause.message}`, {
          cause,
        })
      : cause;
  }
}

async function withEmptySlots<T>(
  channel: TpmChannel,
  log: Log,
  work: (channel: TpmChannel) => Promise<T>,
): Promise<T> {
  await flushEverything(channel);
  try {
    return await work(channel);
  } finally {
    // What stays is flushed by the next use; the outcome of this one is already decided.
    await flushEverything(channel).catch((error: unknown) => {
      log.failure("tpm slots were not emptied", error);
    });
  }
}
