// SPDX-License-Identifier: Apache-2.0
/** Bounds of full backups, each with its unit and reason. */

/** Plain bytes of one sealed chunk: what is in memory of a backup, a few times over. */
export const chunkBytes = 1024 * 1024;

/** Bytes of one part of an entry: the largest leaf or value, with much room. */
export const maxPartBytes = 16 * 1024 * 1024;

/** Bytes of an entry's head: that of a backup names every log. */
export const maxHeadBytes = 2 * 1024 * 1024;

/** Bytes of one block of a blob: 50,000 of them are 195 GiB. */
export const blockBytes = 4 * 1024 * 1024;

/** Blocks that a blob may have, by the storage's own rule. */
export const maxBlocks = 50_000;

/** Milliseconds that the storage may take for one block, or to begin to answer. */
export const storageTimeoutMs = 60_000;

/** Milliseconds without a byte after which a download is given up. */
export const storageIdleMs = 60_000;

/** Bytes and rows that one transaction of a restore writes: some 100 ms. */
export const restoreBatchBytes = 4 * 1024 * 1024;
export const restoreBatchRows = 1_000;

/** Seconds after which a client may ask again how an operation goes. */
export const pollSeconds = 5;

/** Operations whose outcome is remembered. */
export const rememberedJobs = 32;
