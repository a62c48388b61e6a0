// SPDX-License-Identifier: Apache-2.0
/** Has a staged store take the present one's place; who asked for it is told to the audit log of the new one. */

import { join } from "node:path";
import { requestEvent } from "../audit/event.ts";
import { appendToJournal, journalFile } from "../domain/journal.ts";
import type { AskedOperation } from "../http/manage/installation-operation.ts";
import type { Restores } from "./restores.ts";
import type { StagedStore } from "./stage-restore.ts";

/** What it takes. */
export interface ReplaceDeps {
  readonly restores: Restores;
  /** The store's directory. */
  readonly directory: string;
  /** Closes the present store, and opens the next. */
  readonly reopen: () => void;
}

/** The function that does it. */
export function createReplace({ restores, directory, reopen }: ReplaceDeps) {
  return async (
    staged: StagedStore,
    { context, operationName, properties }: AskedOperation,
  ): Promise<void> => {
    const event = requestEvent(context, {
      operationName: `${operationName}Begin`,
      httpStatusCode: 202,
      properties: { ...properties, beforeActivation: false },
    });
    // The log that has it already may be one of those that are given up.
    await appendToJournal(join(directory, journalFile), event);
    await restores.replace(staged, reopen);
  };
}
