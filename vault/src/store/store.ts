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
}

/** What a transaction may do. Every method may fail with `StoreUnavailable`. */
export interface StoreTransaction extends StoreReader {
  /** Inserts revision 1, or replaces the revision before. @throws {StrongroomError} `Conflict` if it is not there. */
  putRecord(record: StoredRecord): Promise<void>;
  /** Inserts. @throws {StrongroomError} `Conflict` if there is a value. */
  putValue(value: StoredValue): Promise<void>;
  /** Deletes. @throws {StrongroomError} `Conflict` if there is no value. */
  removeValue(key: RecordKey): Promise<void>;
  /** Marks a one-time id as used until `expiresAt`; false if it was used before. */
  spend(id: string, expiresAt: Date): Promise<boolean>;
  /** @throws {StrongroomError} `Conflict` if the log has a leaf there. */
  appendLeaf(leaf: StoredLeaf): Promise<void>;
}

/** A transaction that can take back a part of itself. */
export interface SavepointTransaction extends StoreTransaction {
  /** Runs `work`; if it fails, what it wrote is gone and the transaction goes on. */
  savepoint<T>(work: () => Promise<T>): Promise<T>;
}

/** The store. Reads outside a transaction see what is committed. */
export interface Store extends StoreReader, StoreScanner, AsyncDisposable {
  /**
   * Runs `work` in a transaction and commits it durably; transactions run one after the other.
   *
   * @throws {StrongroomError} `StoreUnavailable` if it could not be committed, in which case it may have been.
   */
  transaction<T>(work: (tx: SavepointTransaction) => Promise<T>): Promise<T>;
  /**
   * A row as it lies there, for what has to be read before records can be verified: the MAC key of a scope comes
   * from the record `key/data` of that scope, whose blob the HSM host authenticates on its own.
   */
  readUnverified(key: RecordKey): Promise<StoredRecord | undefined>;
  /** Forgets one-time ids that expired before `before`; answers how many. */
  purgeSpent(before: Date): Promise<number>;
}
