// SPDX-License-Identifier: Apache-2.0
/** The ledger's port: records and the audit log as one thing, and the only way to write either. */

import type { AuditEvent, JsonValue, LogHead, RecordKey, SignedHead } from "@strongroom/core";
import type { Page, StoreScanner } from "../store/store.ts";

/** Content of a record, verified. */
export interface RecordBody {
  readonly id: string;
  readonly revision: number;
  readonly body: JsonValue;
}

/** MAC key of a scope's records, 32 bytes. For a scope that is being made, the caller knows it before its rows exist. */
export type MacKeyOf = (scope: string) => Promise<Uint8Array>;

/** What the ledger needs of the HSM host, which signs heads and remembers the highest one of each log. */
export interface HeadSigner {
  /**
   * Signs a head that extends the anchored one of its log, or equals it.
   *
   * @param consistency RFC 6962 proof from the anchored size to the head's; empty where either is the same or zero.
   * @returns 64 bytes, r||s.
   */
  signHead(head: LogHead, consistency: readonly Uint8Array[]): Promise<Uint8Array>;
  heads(): Promise<readonly AnchoredHead[]>;
}

/** The highest head of a log that the HSM host signed. */
export type AnchoredHead = Pick<LogHead, "log" | "size" | "root">;

/** Verified reads. @throws {StrongroomError} `StoreTampered` where a row is not what the audit log says. */
export interface LedgerReader {
  read(key: RecordKey): Promise<RecordBody | undefined>;
  /** As `read`, where the record is in memory and need not be compared with its row; else nothing. See `readTogether`. */
  recall(key: RecordKey): RecordBody | undefined;
  /** Records of `scope` whose id starts with `prefix`, by id in byte order. */
  list(scope: string, prefix: string, page: Page): Promise<readonly RecordBody[]>;
  /** Sealed bytes of the value that the record at `key` describes, compared with its digest. */
  readValue(key: RecordKey): Promise<Uint8Array | undefined>;
}

/** What reads records one by one. */
export type RecordReader = Pick<LedgerReader, "read" | "recall">;

/**
 * What one request may do. It sees its own writes and those of the requests before it in its group.
 *
 * A sealed value lies under the key of the record that describes it, whose content names it: `valueDigest`, SHA-256
 * of the sealed bytes in hexadecimal. A request that leaves the two in disagreement fails with `Internal`.
 */
export interface LedgerTransaction extends LedgerReader {
  /** Writes the next revision and answers its number; a write that fails fails the request in the end. Scope and id are printable ASCII, up to 512 characters. */
  put(key: RecordKey, content: JsonValue): Promise<number>;
  putValue(key: RecordKey, sealed: Uint8Array): Promise<void>;
  removeValue(key: RecordKey): Promise<void>;
  /** Marks a one-time id as used, in the request's leaf; false if it was used before. */
  spend(id: string, expiresAt: Date): Promise<boolean>;
}

/** A request: decides, writes, and says what its leaf says, through `tx` alone. Throwing leaves nothing of it. */
export type LedgerWork<T> = (
  tx: LedgerTransaction,
) => Promise<{ readonly event: AuditEvent; readonly result: T }>;

/**
 * A request that writes nothing: decides in one go by what it recalls, and says what its leaf says. It does nothing but
 * read and compute, and is begun again where a record has to be fetched first; see `readTogether`.
 */
export type LedgerReading<T> = (recall: (key: RecordKey) => RecordBody | undefined) => {
  readonly event: AuditEvent;
  readonly result: T;
};

/** A durable decision and the place of its leaf. */
export interface Committed<T> {
  readonly result: T;
  readonly log: string;
  readonly index: number;
}

/** Proof that a leaf is in the log at a head. RFC 6962 section 2.1.1; hashes in hexadecimal. */
export interface InclusionProof {
  readonly index: number;
  readonly leafHash: string;
  readonly path: readonly string[];
}

/** A durable decision under a signed head. */
export interface CommittedWithHead<T> extends Committed<T> {
  readonly head: SignedHead;
  /** Holds at `head.size`. */
  readonly proof: InclusionProof;
}

/** Records and audit. */
export interface Ledger extends LedgerReader, AsyncDisposable {
  /** Id of this process's own log. */
  readonly log: string;
  /** The newest signed head of this process's log. */
  head(): SignedHead;
  /** All logs, and their leaves as they lie in the store: whoever reads them verifies them. */
  readonly logs: Pick<StoreScanner, "logs" | "leaves">;
  /** False once the audit logs were found to be changed, after which everything else throws. */
  isSound(): boolean;
  /**
   * Runs `work` in the next group and resolves when its writes and its leaf are durable.
   *
   * @throws {StrongroomError} `AuditUnavailable` if that took more than 2 s or failed; it may still happen.
   */
  commit<T>(work: LedgerWork<T>): Promise<Committed<T>>;
  /** As `commit`, for a request that writes nothing. */
  commitReading<T>(reading: LedgerReading<T>): Promise<Committed<T>>;
  /** As `commit`, for work that is itself long: a minute, not 2 s. Others wait while it runs, so it must be rare. */
  commitBulk<T>(work: LedgerWork<T>): Promise<Committed<T>>;
  /** As `commit`, and resolves when a head over the leaf is signed: one signature for a group. */
  commitWithHead<T>(work: LedgerWork<T>): Promise<CommittedWithHead<T>>;
}
