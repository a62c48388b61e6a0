// SPDX-License-Identifier: Apache-2.0
/** Folds the writes of all logs into the state of every record, whatever order the logs are read in. */

import type { AuditWrite, RecordKey } from "@strongroom/core";
import { nameOf, type Report } from "./finding.ts";
import { RecordIndex } from "./record-index.ts";

/** Collects writes; a write that comes before its predecessor waits for it. */
export class Fold {
  readonly index = new RecordIndex();
  readonly #report: Report;
  readonly #waiting = new Map<string, AuditWrite[]>();

  constructor(report: Report) {
    this.#report = report;
  }

  /** Takes the next write of a log. */
  add(write: AuditWrite): void {
    const key = keyOf(write);
    const revision = this.index.get(key)?.revision ?? 0;
    if (write.revision <= revision) {
      this.#report("StoreTampered", `${nameOf(key)} has two leaves of revision ${write.revision}`);
    } else if (write.revision > revision + 1) {
      this.#waiting.set(nameOf(key), [...(this.#waiting.get(nameOf(key)) ?? []), write]);
    } else {
      this.#advance(key, write);
    }
  }

  /** Says that there are no more writes: what still waits is behind a gap. */
  finish(): void {
    for (const writes of this.#waiting.values()) {
      for (const write of writes) {
        const missing = `${nameOf(keyOf(write))} has no leaf of the revision before`;
        this.#report("StoreTampered", `${missing} ${write.revision}`);
      }
    }
  }

  #advance(key: RecordKey, write: AuditWrite): void {
    if (write.previous !== (this.index.get(key)?.digest ?? "")) {
      const what = `has a revision ${write.revision} that does not follow from the one before`;
      this.#report("StoreTampered", `${nameOf(key)} ${what}`);
    }
    this.index.set(key, { revision: write.revision, digest: write.digest });
    const waiting = this.#waiting.get(nameOf(key));
    if (waiting !== undefined) {
      this.#waiting.delete(nameOf(key));
      // Those that are still too early go back to waiting.
      for (const next of waiting) {
        this.add(next);
      }
    }
  }
}

function keyOf({ scope, record }: AuditWrite): RecordKey {
  return { scope, id: record };
}
