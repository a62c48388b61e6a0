// SPDX-License-Identifier: Apache-2.0
/** Waits for a backup or restore to end. */

import type { FullOperation } from "@strongroom/api";
import { type Clock, isErrorCode, isStrongroomError } from "@strongroom/core";
import { CommandError } from "../terminal.ts";

/** Milliseconds between two questions. */
const pollMs = 1_000;

/** Questions without an answer in a row, while a vault exchanges its store, after which nobody waits any more. */
const patience = 120;

/** The operation once it has succeeded. @throws {CommandError} with the code of its failure */
export async function awaitOperation(
  clock: Pick<Clock, "sleep">,
  begun: FullOperation,
  ask: (job: string) => Promise<FullOperation>,
): Promise<FullOperation> {
  let state = begun;
  for (let unanswered = 0; state.status === "InProgress"; ) {
    await clock.sleep(pollMs);
    const asked = await answered(() => ask(begun.jobId));
    unanswered = asked === undefined ? unanswered + 1 : 0;
    state = asked ?? state;
    if (unanswered === patience) {
      throw new CommandError(
        "VaultUnavailable",
        `operation ${begun.jobId} was begun, and the vault does not answer`,
        "a vault that waited has another certificate once it serves",
      );
    }
  }
  if (state.status !== "Succeeded") {
    const code = state.error?.innererror?.code ?? "";
    throw new CommandError(isErrorCode(code) ? code : "Internal", state.error?.message ?? "failed");
  }
  return state;
}

async function answered<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (
      isStrongroomError(error, "VaultUnavailable") ||
      isStrongroomError(error, "AuditUnavailable")
    ) {
      return undefined;
    }
    throw error;
  }
}
