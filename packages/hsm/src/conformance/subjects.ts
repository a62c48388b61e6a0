// SPDX-License-Identifier: Apache-2.0
/** What the conformance suite runs over. */

import type { HsmClient } from "../client/hsm-client.ts";

/** A freshly initialised HSM of its own. */
export interface HsmUnderTest extends AsyncDisposable {
  /** A client that stays connected over restarts. */
  readonly client: HsmClient;
  /** Algorithms and key types that its token is known not to compute, "HS384 aes-256", and what it fails to refuse. All others must work. */
  readonly lacks: readonly string[];
  /** Ends the host and starts it again over the same token; resolves when the client reaches it. */
  restart(): Promise<void>;
}

/** The HSM of a suite, and another one to confuse it with; both are there while tests run. */
export interface Subjects {
  readonly hsm: () => HsmUnderTest;
  readonly other: () => HsmUnderTest;
}
