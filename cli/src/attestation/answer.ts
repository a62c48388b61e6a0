// SPDX-License-Identifier: Apache-2.0
/** What `strongroom attestation verify` is asked, and what it answers. */

import type { RefusalClass } from "@strongroom/attestation";

/** Evidence with everything to verify it by, read from files. */
export interface Question {
  readonly evidence: Uint8Array;
  readonly endorsements: readonly Uint8Array[];
  /** The vendors' own where there are none. */
  readonly trustRoots: readonly Uint8Array[];
  /** What the evidence must be bound to, 64 bytes; without it nothing says that it answers anybody. */
  readonly reportData?: Uint8Array;
  readonly at: Date;
  readonly allowDebug: boolean;
}

/** The one JSON object on standard output. */
export type Answer =
  | {
      readonly verified: true;
      readonly claims: Readonly<Record<string, unknown>>;
      /** What is no reason to refuse, and what somebody should know. */
      readonly findings: readonly string[];
    }
  | { readonly verified: false; readonly refusal: RefusalClass; readonly reason: string };
