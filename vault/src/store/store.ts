// SPDX-License-Identifier: Apache-2.0
/** The store's port: rows and their transactions, with no idea of what they mean; the ledger is its only writer. */

import type { RecordKey, RecordRow } from "@strongroom/core";

/** One revision of a record; a row holds the newest. */
export type StoredRecord = RecordRow;

/** A sealed value, under the key of the record that describes it. */
export interface StoredValue extends RecordKey {
  readonly sealed: Uint8Array;
}

/** One leaf of an audit log, from index 0. */
export interface StoredLeaf {
  readonly log: string;
  readonly index: number;
  readonly bytes: Uint8Array;
}

/** A part of a listing: at most `limit` rows, those behind `after`. */
export interface Page<After = string> {
  readonly after?: After | undefined;
  readonly limit: number;
}

/** Reads by key. Rows are what the store holds, not what the audit log vouches for. */
export interface StoreReader {
  record(key: RecordKey): Promise<StoredRecord | undefined>;
  /** Records of `scope` whose id starts with `prefix`, by id in byte order. */
  records(scope: string, prefix: string, page: Page): Promise<readonly StoredRecord[]>;
  /** Sealed bytes. */
  value(key: RecordKey): Promise<Uint8Array | undefined>;
}

/** Reads everything: for start, for verification, for backup. All pages come in byte order of their keys. */
export interface StoreScanner {
  logs(): Promise<readonly string[]>;
  /** Leaves of one log, from index `from` on. */
  leaves(
    log: string,
    page: { readonly from: number; readonly limit: number },
  ): Promise<readonly StoredLeaf[]>;
  everyRecord(page: Page<RecordKey>): Promise<readonly StoredRecord[]>;
  everyValue(page: Page<RecordKey>): Promise<readonly StoredValue[]>;
  checkpoint(): Promise<Uint8Array | undefined>;
}

/** One change. A batch of them is one transaction, in their order; one that does not apply fails all of it. */
export type StoreWrite =
  /** Inserts revision 1, or replaces the revision before. */
  | { readonly kind: "record"; readonly record: StoredRecord }
  /** Inserts any revision, into a store that is being filled from a backup. */
  | { readonly kind: "restoredRecord"; readonly record: StoredRecord }
  /** Inserts; there is no value yet. */
  | { readonly kind: "value"; readonly value: StoredValue }
  /** Deletes; there is a value. */
  | { readonly kind: "removeValue"; readonly key: RecordKey }
  /** Appends leaves, the UTF-8 of texts, from an index on; the log has none there. */
  | {
      readonly kind: "leaves";
      readonly log: string;
      readonly from: number;
      readonly texts: readonly string[];
    }
  /** Puts the checkpoint in the place of the one before. */
  | { readonly kind: "checkpoint"; readonly bytes: Uint8Array };

/** What a commit found. */
export interface Committed {
  /** Whether somebody else wrote to the store since the commit before. */
  readonly changedByOthers: boolean;
}

/** The store. Reads see what is committed. */
export interface Store extends StoreReader, StoreScanner, AsyncDisposable {
  /**
   * Commits a batch durably; batches run one after the other, in the order of the calls.
   *
   * @throws {StrongroomError} `Conflict` if a change does not apply; `StoreUnavailable` if the batch could not be
   * committed, in which case it may have been.
   */
  commit(writes: readonly StoreWrite[]): Promise<Committed>;
  /**
   * A row as it lies there, for what has to be read before records can be verified: the MAC key of a scope comes
   * from the record `key/data` of that scope, whose blob the HSM host authenticates on its own.
   */
  readUnverified(key: RecordKey): Promise<StoredRecord | undefined>;
  /** Everything as it is now, however long it is read; the store goes on meanwhile, and grows until it is disposed of. */
  snapshot(): StoreScanner & Disposable;
}
