// SPDX-License-Identifier: Apache-2.0
/** Bounds of fetching and keeping endorsements, each with its unit and its reason. */

import type { Milliseconds } from "@strongroom/core";

/** Bytes of one answer; a CRL of all of Intel's platforms is below 100 KiB. */
export const answerBytes = 1_048_576;

/** How long one request may take. */
export const requestTimeout: Milliseconds = 15_000;

/** How long a request may wait for its host's turn; who would wait longer hears that nothing is available. */
export const longestTurn: Milliseconds = 35_000;

/** First and last pause after a host that failed. */
export const hostBackOff = { first: 1_000, last: 300_000 } as const;

/** A host's `Retry-After` counts up to here: no answer may silence a source for days. */
export const longestRetryAfter: Milliseconds = 3_600_000;

/** AMD's service answers about one request in ten seconds for each address. */
export const kdsPace = { everyMs: 10_000, burst: 1 } as const;

/** Intel's service, caches of it and Azure's metadata service. */
export const usualPace = { everyMs: 250, burst: 10 } as const;

/** Age at which what the vendor issues again and again is asked for anew, long before it ends: a revocation must arrive. */
export const refreshAfter: Milliseconds = 86_400_000;

/** How often the cache is looked through for what to ask for anew. */
export const refreshEvery: Milliseconds = 3_600_000;

/** Characters of an endorsement's name; the longest has an encrypted PPID in it. */
export const nameLength = 1_024;

/** Bytes of one entry's file: answers in base64. */
export const entryBytes = 4_194_304;

/** Entries that are kept. */
export const entries = 16_384;

/** Bytes of a bundle. */
export const bundleBytes = 67_108_864;
