// SPDX-License-Identifier: Apache-2.0
/** Where events of a backup or restore go: an operation may begin over one store and end over another, or over none. */

import type { AuditEvent } from "@strongroom/core";
import { appendToJournal } from "../domain/journal.ts";
import type { Ledger } from "../ledger/ledger.ts";

/** The audit log of the moment. */
export interface OperationAudit {
  /** Events go there from now on; to the journal, while no ledger is open. */
  use(ledger: Pick<Ledger, "commit"> | undefined): void;
  /** Makes an event durable: in the audit log, or in the journal where there is none. */
  record(event: AuditEvent): Promise<void>;
}

/** The one of a process. @param journal Path of the journal */
export function createOperationAudit(journal: string): OperationAudit {
  let current: Pick<Ledger, "commit"> | undefined;
  return {
    use: (ledger) => {
      current = ledger;
    },
    record: async (event) => {
      if (current === undefined) {
        const properties = { ...event.properties, beforeActivation: false };
        await appendToJournal(journal, { ...event, properties });
      } else {
        await current.commit(async () => ({ event, result: undefined }));
      }
    },
  };
}
