// SPDX-License-Identifier: Apache-2.0
/** Bounds of signing in. */

import type { Milliseconds } from "@strongroom/core";

/** How long an issuer's key set is used before it is fetched again. */
export const keySetFreshness: Milliseconds = 600_000;

/** How long a key set is used while its issuer is away: until then a key that the issuer withdrew still counts. */
export const keySetLifetime: Milliseconds = 3_600_000;

/** Least time between two fetches for tokens whose key is not known: anybody can send such tokens. */
export const unknownKeyInterval: Milliseconds = 30_000;

/** Wait after a fetch that failed; doubled with each further failure. */
export const firstRetry: Milliseconds = 2_000;

/** Longest wait after a fetch that failed. */
export const longestRetry: Milliseconds = 300_000;

/** Limit of one request to an issuer. */
export const issuerTimeout: Milliseconds = 5_000;

/** Bytes of a discovery document or key set; large issuers' have about 20,000. */
export const maxIssuerBytes = 262_144;

/** Keys of one issuer. */
export const maxIssuerKeys = 64;

/** Characters of a subject. */
export const maxSubjectLength = 512;

/** Answers of the API server that are remembered. */
export const maxAnswers = 4_096;
