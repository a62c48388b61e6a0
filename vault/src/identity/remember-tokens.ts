// SPDX-License-Identifier: Apache-2.0
/** What tokens were verified to say: a signature is verified once as long as its key is good. */

import { hash } from "node:crypto";

/** Most tokens that are remembered at a time; about 1 KiB each, an attestation token with its keys 8 KiB. */
const maxRemembered = 4_096;

/** What a token says, and for how long. */
export interface VerifiedToken<T> {
  readonly value: T;
  /** Milliseconds since the epoch. */
  readonly until: number;
  /** Whether the keys of which one verified it are still those in use. */
  readonly isStillGood: (at: Date) => boolean;
}

/** Remembers what good tokens say, and nothing of those that were refused. */
export function rememberTokens<T>(
  verify: (token: string, at: Date) => Promise<VerifiedToken<T>>,
): (token: string, at: Date) => Promise<T> {
  const remembered = new Map<string, VerifiedToken<T>>();
  const verifyAnew = async (key: string, token: string, at: Date) => {
    remembered.delete(key);
    const answer = await verify(token, at);
    remembered.set(key, answer);
    const oldest = remembered.keys().next();
    if (remembered.size > maxRemembered && !oldest.done) {
      remembered.delete(oldest.value);
    }
    return answer.value;
  };
  return (token, at) => {
    // By hash: a lookup compares, and must not tell how much of a token was right.
    const key = hash("sha256", token, "base64");
    const known = remembered.get(key);
    // Where it is not, verifying again says why.
    return known !== undefined && known.until > at.getTime() && known.isStillGood(at)
      ? Promise.resolve(known.value)
      : verifyAnew(key, token, at);
  };
}
