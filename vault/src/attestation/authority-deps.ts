// SPDX-License-Identifier: Apache-2.0
/** What the attestation authority works with. */

import type { Log } from "@strongroom/core";
import type { Ledger } from "../ledger/ledger.ts";
import type { Metrics } from "../metrics.ts";
import type { NodeVerdicts } from "./node-verdicts.ts";
import type { RulesSource } from "./rules/rules-source.ts";
import type { Authority } from "./token/token-authority.ts";

/** Its dependencies. */
export interface AuthorityDeps {
  readonly ledger: Ledger;
  readonly authority: Authority;
  readonly rules: Pick<RulesSource, "current">;
  /** Authenticates nonces and enrolment ids. */
  readonly challengeKey: Uint8Array;
  readonly verdicts: NodeVerdicts;
  readonly metrics: Metrics;
  readonly log: Log;
}
