// SPDX-License-Identifier: Apache-2.0
/** What the load generator is told and what it answers. */

/** What to ask, and for how long. */
export interface LoadOrder {
  readonly port: number;
  /** PEM. */
  readonly ca: string;
  readonly serverName: string;
  readonly token: string;
  /** Asked for one after the other, by whichever connection is free. */
  readonly paths: readonly string[];
  /** Body of a POST to each path; without one they are GETs. */
  readonly body?: string;
  /** Bodies of POSTs to the one path, each sent once and measured from the first; the result has the answers. */
  readonly bodies?: readonly string[];
  /** Proofs of possession, one for each request; they are used up, as a vault takes each once. */
  readonly proofs?: readonly string[];
  /** Requests that come each second, whether or not earlier ones were answered; without it, as many as are answered. */
  readonly perSecond?: number;
  readonly connections: number;
  readonly warmUpMs: number;
  /** At the most, where there are `bodies`. */
  readonly measureMs: number;
}

/** What came of it; times in milliseconds. */
export interface LoadResult {
  readonly count: number;
  /** Answers other than 200, the warm-up's included. */
  readonly failures: number;
  readonly elapsedMs: number;
  readonly p50: number;
  readonly p99: number;
  /** Bodies of the answers 200 to `bodies`, in no order. */
  readonly answers: readonly string[];
}
