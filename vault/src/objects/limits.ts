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
