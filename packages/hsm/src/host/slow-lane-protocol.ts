// SPDX-License-Identifier: Apache-2.0
/** What the host and its slow lane say to each other: no secret, and no PIN. */

import type { KeyMade, NewKey } from "../token/generate-key.ts";
import type { KnownToken } from "../token/open-token.ts";
import type { WireFailure } from "../wire/messages.ts";

/** A key to be made. */
export interface LaneJob {
  readonly id: number;
  readonly known: KnownToken;
  readonly spec: NewKey;
}

/** What the lane is told: to make a key, or to leave the token and end. */
export type LaneMessage = LaneJob | "end";

/** What came of it; `lost`: the token has to be opened again by who has the PIN. */
export type LaneResult = { readonly id: number } & (
  | { readonly kind: "made"; readonly made: KeyMade }
  | { readonly kind: "lost" }
  | { readonly kind: "failed"; readonly failure: WireFailure }
);
