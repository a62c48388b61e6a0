// SPDX-License-Identifier: Apache-2.0
/** Verifies what a test vendor minted, by that vendor's own root, with expectations that a test changes a part of. */

import { readDcapEndorsements } from "../dcap/dcap-endorsements.ts";
import type { DcapExpectation } from "../dcap/dcap-verdict.ts";
import { verifyDcapQuote } from "../dcap/verify-dcap-quote.ts";

/** Instant at which everything that the vendor mints is valid. */
export const at = new Date("2026-06-01T00:00:00Z");

/** What every test expects unless it says otherwise. */
export const expectation: DcapExpectation = {
  reportData: new Uint8Array(64).fill(0xd0),
  acceptedTcb: ["UpToDate"],
  minimumTcbEvaluationDataNumber: 20,
  debug: "refused",
  migratable: "refused",
};

/** What one test expects. */
export interface Expected {
  readonly expected?: Partial<DcapExpectation>;
  readonly at?: Date;
}

/** Verifies under a root of class `software`. */
export function verifyEvidence(
  evidence: Readonly<Record<"quote" | "endorsements", Uint8Array>> & {
    readonly fingerprint: string;
  },
  change: Expected = {},
) {
  const endorsements = readDcapEndorsements([evidence.endorsements]);
  const root = { name: "ours", class: "software", fingerprint: evidence.fingerprint } as const;
  const expected = { ...expectation, ...change.expected };
  return verifyDcapQuote(
    evidence.quote,
    expected,
    { endorsements, roots: [root] },
    change.at ?? at,
  );
}
