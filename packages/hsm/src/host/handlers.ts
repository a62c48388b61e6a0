// SPDX-License-Identifier: Apache-2.0
/** What serves the verbs of the protocol. */

import type { Verb } from "../wire/messages.ts";
import type { VerbRequests, VerbResults } from "../wire/verb-messages.ts";

/** One function for each verb. */
export type VerbHandlers = {
  readonly [V in Verb]: (payload: VerbRequests[V]) => VerbResults[V] | Promise<VerbResults[V]>;
};
