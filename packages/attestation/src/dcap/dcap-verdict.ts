// SPDX-License-Identifier: Apache-2.0
/** What is expected of a quote, and what a verified one says. */

import type { Collateral } from "./collateral.ts";
import type { DcapRoot } from "./dcap-root.ts";
import type { TcbEvaluation } from "./evaluate-tcb.ts";
import type { Quote } from "./parse-quote.ts";
import type { PckPlatform } from "./pck-certificate.ts";
import type { TcbStatus } from "./tcb-standing.ts";

/** What a quote must be. Nothing has a default: what is not expected is not accepted. */
export interface DcapExpectation {
  /** All 64 bytes. */
  readonly reportData: Uint8Array;
  readonly acceptedTcb: readonly TcbStatus[];
  /**
   * The highest number of endorsements that was ever seen for this kind of platform; 0 where none was. Lower ones are
   * refused although they have not expired: whoever delivers them may not choose an older judgement.
   */
  readonly minimumTcbEvaluationDataNumber: number;
  readonly debug: "refused" | "accepted";
  /** TDs that another TD may move, and with them what is in their memory. */
  readonly migratable: "refused" | "accepted";
}

/** What a verified quote says. */
export interface DcapClaims {
  /** The quote as it came. */
  readonly bytes: Uint8Array;
  readonly root: DcapRoot;
  readonly quote: Quote;
  readonly platform: PckPlatform;
  readonly tcb: TcbEvaluation;
  readonly tcbEvaluationDataNumber: number;
  /** What judged the quote. */
  readonly collateral: Collateral;
}
