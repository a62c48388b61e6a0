// SPDX-License-Identifier: Apache-2.0
/** Callers by the tokens that they were authenticated by: a signature is verified once as long as its key is good. */

import { hash } from "node:crypto";
import type { Clock } from "@strongroom/core";
import type { Authenticate, Caller } from "./caller.ts";

/** Most tokens that are remembered; about 1 KiB each. */
const maxRemembered = 4_096;

/** A caller, and for how long the token says so. */
export interface AuthenticatedCaller {
  readonly caller: Caller;
  /** Milliseconds since the epoch. */
  readonly until: number;
  /** Whether the keys of which one verified it are still those in use. */
  readonly isStillGood: () => boolean;
}

/** Remembers who was authenticated, never who was not. */
export function rememberCallers(
  authenticate: (token: string, at: Date) => Promise<AuthenticatedCaller>,
  clock: Clock,
): Authenticate {
  const remembered = new Map<string, AuthenticatedCaller>();
  return async (token) => {
    // By hash: a lookup compares, and must not tell how much of a token was right.
    const key = hash("sha256", token, "base64");
    const now = clock.now();
    const known = remembered.get(key);
    // Where it is not, authenticating again says why.
    if (known !== undefined && known.until > now.getTime() && known.isStillGood()) {
      return known.caller;
    }
    remembered.delete(key);
    const answer = await authenticate(token, now);
    remembered.set(key, answer);
    const oldest = remembered.keys().next();
    if (remembered.size > maxRemembered && !oldest.done) {
      remembered.delete(oldest.value);
    }
    return answer.caller;
  };
}
