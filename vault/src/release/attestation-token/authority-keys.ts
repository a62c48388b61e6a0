// SPDX-License-Identifier: Apache-2.0
/** Keys of an external attestation authority: as configured, or by discovery at its own host under its pinned CA. */

import type { ExternalIssuer } from "@strongroom/api";
import { type JwksKey, parseJwks } from "@strongroom/attestation";
import { type Clock, normaliseAuthority, StrongroomError, utf8 } from "@strongroom/core";
import { discoverKeysUrl, fetchIssuerJson } from "../../identity/discover-keys.ts";
import { FetchedKeys } from "../../identity/fetched-keys.ts";

/** Finds the keys of one authority. */
export interface AuthorityKeys {
  usable(): Promise<readonly JwksKey[]>;
  /** Once more, for a token whose key `seen` has not; nothing where there can be no others now. */
  afterMiss(seen: readonly JwksKey[]): Promise<readonly JwksKey[] | undefined>;
}

/** The keys of an authority. */
export function createAuthorityKeys(config: ExternalIssuer, clock: Clock): AuthorityKeys {
  const { jwks, ca } = config;
  if (jwks !== undefined) {
    const keys = read(jwks);
    return { usable: async () => keys(), afterMiss: async () => undefined };
  }
  return new FetchedKeys(() => discover(config.issuer, ca ?? ""), clock);
}

function read(jwks: string): () => readonly JwksKey[] {
  let keys: readonly JwksKey[] | undefined;
  return () => {
    keys ??= parseJwks(utf8(jwks));
    return keys;
  };
}

async function discover(issuer: string, ca: string): Promise<readonly JwksKey[]> {
  // Azure's own names itself; the server that its SDKs are tested against says where the keys are and nothing else.
  const isIssuer = (named = issuer) => normaliseAuthority(named) === normaliseAuthority(issuer);
  const keysUrl = await discoverKeysUrl(issuer, ca, isIssuer);
  // What vouches for the issuer's host vouches for no other host that it names.
  if (new URL(keysUrl).host !== new URL(issuer).host) {
    throw new StrongroomError("IssuerUnavailable", "the issuer's keys are at another host");
  }
  return parseJwks(utf8(JSON.stringify((await fetchIssuerJson(keysUrl, ca)) ?? null)));
}
