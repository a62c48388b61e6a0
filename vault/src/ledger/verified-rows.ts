// SPDX-License-Identifier: Apache-2.0
/**
 * Rows that were found right, the most recently used ones.
 *
 * What is remembered is what the audit log says, whatever became of the row meanwhile: it is found by the entry of the
 * index, which a new revision replaces. For a few seconds the row is not even looked at again; a store that somebody
 * else writes is noticed by the next commit, and then everything is looked at again.
 */

import type { StoredRecord } from "../store/store.ts";
import type { RecordBody } from "./ledger.ts";
import { rememberedBytes, rowFreshnessMs } from "./limits.ts";
import type { IndexEntry } from "./record-index.ts";

/** A row. */
interface Row<T> {
  readonly content: T;
  /** As they lie in the store. */
  readonly bytes: readonly Uint8Array[];
  /** Until when it need not be compared again, in milliseconds. */
  freshUntil: number;
}

interface Remembered {
  record: Row<RecordBody> | undefined;
  value: Row<Uint8Array> | undefined;
  /** When it was last put to the end of the order in which rows are forgotten. */
  keptAt: number;
}

/** What a row costs besides its bytes: the entry, and what was parsed of it; a generous guess. */
const overheadBytes = 1024;

/** Bounded memory of verified rows. */
export class VerifiedRows {
  readonly #now: () => number;
  readonly #entries = new Map<IndexEntry, Remembered>();
  #size = 0;

  /** @param now Milliseconds since the epoch. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** The record of an entry, if its row was compared a moment ago. */
  freshRecord(entry: IndexEntry): RecordBody | undefined {
    return this.#fresh(entry, this.#entries.get(entry)?.record);
  }

  /** The sealed value of an entry, if its row was compared a moment ago. */
  freshValue(entry: IndexEntry): Uint8Array | undefined {
    return this.#fresh(entry, this.#entries.get(entry)?.value);
  }

  /** Content of `row`, if these very bytes were verified and are what the entry says. */
  sameRecord(entry: IndexEntry, row: StoredRecord): RecordBody | undefined {
    const known = this.#entries.get(entry)?.record;
    return known?.content.revision === row.revision
      ? this.#same(entry, known, [row.body, row.mac])
      : undefined;
  }

  /** The sealed value of an entry, if these very bytes were verified. */
  sameValue(entry: IndexEntry, sealed: Uint8Array): Uint8Array | undefined {
    return this.#same(entry, this.#entries.get(entry)?.value, [sealed]);
  }

  /** Remembers a record; who reads it afterwards shares its content, which is therefore frozen. */
  rememberRecord(entry: IndexEntry, { body, mac }: StoredRecord, content: RecordBody): void {
    const now = this.#now();
    const record = {
      content: freeze(content),
      bytes: [body, mac],
      freshUntil: now + rowFreshnessMs,
    };
    this.#remember(entry, { record, value: this.#entries.get(entry)?.value, keptAt: now });
  }

  /** Remembers a sealed value. */
  rememberValue(entry: IndexEntry, sealed: Uint8Array): void {
    const now = this.#now();
    const value = { content: sealed, bytes: [sealed], freshUntil: now + rowFreshnessMs };
    this.#remember(entry, { record: this.#entries.get(entry)?.record, value, keptAt: now });
  }

  /** Says that rows may have been changed: each is to be compared before it is used again. */
  distrust(): void {
    for (const { record, value } of this.#entries.values()) {
      for (const row of [record, value]) {
        if (row !== undefined) {
          row.freshUntil = 0;
        }
      }
    }
  }

  #same<T>(
    entry: IndexEntry,
    known: Row<T> | undefined,
    bytes: readonly Uint8Array[],
  ): T | undefined {
    const isSame = bytes.every((each, i) => {
      const before = known?.bytes[i];
      return before !== undefined && Buffer.compare(each, before) === 0;
    });
    if (known === undefined || !isSame) {
      return undefined;
    }
    known.freshUntil = this.#now() + rowFreshnessMs;
    return this.#fresh(entry, known);
  }

  #fresh<T>(entry: IndexEntry, row: Row<T> | undefined): T | undefined {
    const now = this.#now();
    if (row === undefined || row.freshUntil <= now) {
      return undefined;
    }
    this.#keep(entry, now);
    return row.content;
  }

  // To the end of the order in which they are forgotten; now and then, for it costs more than the lookup.
  #keep(entry: IndexEntry, now: number): void {
    const known = this.#entries.get(entry);
    if (known !== undefined && now >= known.keptAt + rowFreshnessMs) {
      known.keptAt = now;
      this.#entries.delete(entry);
      this.#entries.set(entry, known);
    }
  }

  #remember(entry: IndexEntry, remembered: Remembered): void {
    this.#forget(entry);
    this.#entries.set(entry, remembered);
    this.#size += sizeOf(remembered);
    for (const oldest of this.#entries.keys()) {
      if (this.#size <= rememberedBytes) {
        return;
      }
      this.#forget(oldest);
    }
  }

  #forget(entry: IndexEntry): void {
    const known = this.#entries.get(entry);
    if (known !== undefined) {
      this.#entries.delete(entry);
      this.#size -= sizeOf(known);
    }
  }
}

function sizeOf({ record, value }: Remembered): number {
  const bytes = [...(record?.bytes ?? []), ...(value?.bytes ?? [])];
  return bytes.reduce((sum, each) => sum + each.length, overheadBytes);
}

function freeze<T>(value: T): T {
  if (typeof value === "object" && value !== null) {
    Object.values(value).forEach(freeze);
    Object.freeze(value);
  }
  return value;
}
