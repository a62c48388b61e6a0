// SPDX-License-Identifier: Apache-2.0
/** Limits of what all objects share, each with its unit and reason. */

/** Versions that one transaction of a purge erases: some 20 ms, and a leaf of about 50 KiB. */
export const purgeBatch = 200;

/** Records that one page of a list looks at: the rest is behind the link to the next page, which may be empty. */
export const listScan = 1_000;

/** Milliseconds that a caller waits for the end of a purge; what is left then goes on without the caller. */
export const purgeWaitMs = 1_000;

/** Milliseconds between two looks for what has to be purged: retentions are days. */
export const sweepIntervalMs = 600_000;

/** Versions in one backup: one transaction restores them in about 0.6 s, in which others wait. */
export const maxBackupVersions = 1_000;

/** Bytes of records and material in one backup, for the same reason; the body of a restore has room for more. */
export const maxBackupBytes = 32 * 1024 * 1024;

/** Bytes of a restore's body. */
export const restoreBodyLimit = 64 * 1024 * 1024 + 65_536;

/** Restores at a time: each may hold a body of 64 MiB, its text and its bytes. */
export const restoresAtATime = 2;

/** Objects that one transaction compares with a policy and marks: some 50 ms. */
export const governBatch = 500;
