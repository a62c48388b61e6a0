// SPDX-License-Identifier: Apache-2.0
/** Limits of the ledger, each with its unit and reason. */

/** Requests in one transaction: one that fails late costs the others little. */
export const groupLimit = 256;

/** Requests that wait, for a group or for a head; more are refused at once, as they would be too late. */
export const queueLimit = 4096;

/** Milliseconds after which a caller is told that the audit log is unavailable. */
export const commitDeadlineMs = 2000;

/** The same where the work itself is long: a restore, and the first commit of a process, which may make its keys. */
export const bulkDeadlineMs = 60_000;

/** Milliseconds between heads of a log that grows: how much of it an attacker could cut off unseen. */
export const headIntervalMs = 1000;

/** Rows read at once by scans: leaves and records are about 1 KiB, values up to 34 KiB. */
export const pageSizes = { leaves: 1000, records: 500, values: 50, history: 200 } as const;

/** Findings that a verification reports; the rest repeats them. */
export const findingLimit = 100;

/** Characters of a record's scope or id. */
export const keyLimit = 512;

/** Bytes of verified rows that are remembered, with what was parsed of them: some 4,000 secrets. */
export const rememberedBytes = 16 << 20;

/** Milliseconds for which a row that was found right is not compared again. */
export const rowFreshnessMs = 5000;

/**
 * Leaves under the newest head whose proofs can still be made: whoever waits for one asks as soon as it is signed, and
 * this is what a busy second brings.
 */
export const keptLeaves = 16_384;

/** Milliseconds, and leaves, after which a checkpoint is written: what the next start replays is no more. */
export const checkpointIntervalMs = 600_000;
export const checkpointLeaves = 20_000;

/** Milliseconds between two pages of history that is verified while the vault serves: it has a third of one core at most. */
export const historyPauseMs = 20;
