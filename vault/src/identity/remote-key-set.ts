// SPDX-License-Identifier: Apache-2.0
/** An issuer's key set for jose, fetched when it is needed. */

import type { Clock } from "@strongroom/core";
import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from "jose";
import { FetchedKeys } from "./fetched-keys.ts";

/** The keys of an issuer. */
export interface IssuerKeys {
  /** Finds the key of a token. Throws `IssuerUnavailable` if no keys may be used, and jose's errors for no such key. */
  readonly find: JWTVerifyGetKey;
  /** The set that is looked into now; nothing while one must be fetched first. */
  readonly inUse: () => object | undefined;
}

/** Keys that `fetch` answers. */
export function createRemoteKeys(
  fetch: () => Promise<JSONWebKeySet>,
  clock: Pick<Clock, "now">,
): IssuerKeys {
  const keys = new FetchedKeys(async () => createLocalJWKSet(await fetch()), clock);
  return {
    inUse: () => keys.inUse(),
    find: async (header, token) => {
      const known = await keys.usable();
      try {
        return await known(header, token);
      } catch (error) {
        const newer =
          error instanceof errors.JWKSNoMatchingKey ? await keys.afterMiss(known) : undefined;
        if (newer === undefined) {
          throw error;
        }
        return await newer(header, token);
      }
    },
  };
}
