// SPDX-License-Identifier: Apache-2.0
/** Who issues attestation tokens, and the keys by which they are known. */

import { StrongroomError } from "@strongroom/core";
import type { TokenKeySource } from "./rotate-token-keys.ts";

/** An authority's identity: who it says it is, and what it signs with. */
export interface Authority {
  readonly issuer: string;
  readonly keys: Pick<TokenKeySource, "current">;
}

/** The public key of a token. @throws {StrongroomError} `TargetInvalid` if it is none of this authority's */
export function keyOfToken(authority: Authority, kid: string | undefined, at: Date) {
  const key = authority.keys.current().find(kid ?? "", at);
  if (key === undefined) {
    throw new StrongroomError(
      "TargetInvalid",
      "the attestation token is not one of this authority",
    );
  }
  return key;
}
