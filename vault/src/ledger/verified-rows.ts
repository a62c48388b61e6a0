// SPDX-License-Identifier: Apache-2.0
/**
 * Rows that were found right, the most recently used ones.
 *
 * What is remembered is what the audit log says, whatever became of the row meanwhile: the digest decides. For a few
 * seconds the row is not even looked at again; a store that somebody else writes is noticed by the next commit, and
 * then everything is looked at again.
 */

import type { RecordKey } from "@strongroom/core";
import type { StoredRecord } from "../store/store.ts";
import { nameOf } from "./finding.ts";
import type { RecordBody } from "./ledger.ts";
import { rememberedBytes, rowFreshnessMs } from "./limits.ts";

interface Remembered {
  readonly digest: string;
  /** Body and code of a record, or a sealed value. */
  readonly bytes: readonly Uint8Array[];
  /** Content of a record. */
  readonly body: RecordBody | undefined;
  /** Until when the row need not be compared again, in milliseconds. */
  freshUntil: number;
  /** When it was last put to the end of the order in which rows are forgotten. */
  keptAt: number;
}

/** What a row costs besides its bytes: the entry, and what was parsed of it; a generous guess. */
const overheadBytes = 1024;

/** Bounded memory of verified rows. */
export class VerifiedRows {
  readonly #now: () => number;
  readonly #rows = new Map<string, Remembered>();
  #size = 0;

  /** @param now Milliseconds since the epoch. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** The record whose digest this is, if its row was compared a moment ago. */
  freshRecord(key: RecordKey, digest: string): RecordBody | undefined {
    return this.#fresh(nameOf(key), digest)?.body;
  }

  /** The sealed value whose digest this is, if its row was compared a moment ago. */
  freshValue(key: RecordKey, digest: string): Uint8Array | undefined {
    return this.#fresh(nameOfValue(key), digest)?.bytes[0];
  }

  /** Content of `row`, if these very bytes were verified and are what has `digest`. */
  sameRecord(key: RecordKey, row: StoredRecord, digest: string): RecordBody | undefined {
    const known = this.#rows.get(nameOf(key));
    if (known?.digest !== digest || known.body?.revision !== row.revision) {
      return undefined;
    }
    const isSame = [row.body, row.mac].every(
      (bytes, i) => Buffer.compare(bytes, known.bytes[i] ?? new Uint8Array()) === 0,
    );
    if (isSame) {
      known.freshUntil = this.#now() + rowFreshnessMs;
      this.#keep(nameOf(key), known, this.#now());
    }
    return isSame ? known.body : undefined;
  }

  /** Remembers a record; who reads it afterwards shares its content, which is therefore frozen. */
  rememberRecord(key: RecordKey, row: StoredRecord, digest: string, body: RecordBody): void {
    this.#remember(nameOf(key), digest, [row.body, row.mac], freeze(body));
  }

  /** Remembers a sealed value. */
  rememberValue(key: RecordKey, sealed: Uint8Array, digest: string): void {
    this.#remember(nameOfValue(key), digest, [sealed], undefined);
  }

  /** Says that rows may have been changed: each is to be compared before it is used again. */
  distrust(): void {
    for (const each of this.#rows.values()) {
      each.freshUntil = 0;
    }
  }

  #fresh(name: string, digest: string): Remembered | undefined {
    const known = this.#rows.get(name);
    const now = this.#now();
    if (known === undefined || known.digest !== digest || known.freshUntil <= now) {
      return undefined;
    }
    this.#keep(name, known, now);
    return known;
  }

  // To the end of the order in which they are forgotten; now and then, for it costs more than the lookup.
  #keep(name: string, known: Remembered, now: number): void {
    if (now >= known.keptAt + rowFreshnessMs) {
      known.keptAt = now;
      this.#rows.delete(name);
      this.#rows.set(name, known);
    }
  }

  #remember(
    name: string,
    digest: string,
    bytes: readonly Uint8Array[],
    body: RecordBody | undefined,
  ): void {
    this.#forget(name);
    const keptAt = this.#now();
    this.#rows.set(name, { digest, bytes, body, freshUntil: keptAt + rowFreshnessMs, keptAt });
    this.#size += sizeOf(bytes);
    for (const oldest of this.#rows.keys()) {
      if (this.#size <= rememberedBytes) {
        return;
      }
      this.#forget(oldest);
    }
  }

  #forget(name: string): void {
    const known = this.#rows.get(name);
    if (known !== undefined) {
      this.#rows.delete(name);
      this.#size -= sizeOf(known.bytes);
    }
  }
}

// No record's name begins so.
function nameOfValue(key: RecordKey): string {
  return `value of ${nameOf(key)}`;
}

function sizeOf(bytes: readonly Uint8Array[]): number {
  return bytes.reduce((sum, each) => sum + each.length, overheadBytes);
}

function freeze<T>(value: T): T {
  if (typeof value === "object" && value !== null) {
    Object.values(value).forEach(freeze);
    Object.freeze(value);
  }
  return value;
}
