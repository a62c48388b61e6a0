// SPDX-License-Identifier: Apache-2.0
/** Keys of an external attestation authority: as configured, or by discovery at its own host under its pinned CA. */

import type { ExternalIssuer } from "@strongroom/api";
import { type JwksKey, parseJwks } from "@strongroom/attestation";
import { type Clock, normaliseAuthority, StrongroomError, utf8 } from "@strongroom/core";
import { z } from "zod";
import { fetchIssuerJson } from "../../identity/discover-keys.ts";
import { FetchedKeys } from "../../identity/fetched-keys.ts";

/** Finds the keys of one issuer. */
export interface IssuerKeys {
  usable(): Promise<readonly JwksKey[]>;
  /** Once more, for a token whose key `seen` has not; nothing where there can be no others now. */
  afterMiss(seen: readonly JwksKey[]): Promise<readonly JwksKey[] | undefined>;
}

// Azure's own says both; the server that its SDKs are tested against says where the keys are and nothing else.
const discoverySchema = z.object({
  issuer: z.string().optional(),
  jwks_uri: z.url({ protocol: /^https$/ }),
});

/** The keys of an issuer. */
export function createIssuerKeys(config: ExternalIssuer, clock: Clock): IssuerKeys {
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
  const url = `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`;
  const parsed = discoverySchema.safeParse(await fetchIssuerJson(url, ca));
  const named = parsed.data?.issuer ?? issuer;
  if (!parsed.success || normaliseAuthority(named) !== normaliseAuthority(issuer)) {
    throw new StrongroomError("IssuerUnavailable", "discovery answers for another issuer");
  }
  const { jwks_uri: keysUrl } = parsed.data;
  // What vouches for the issuer's host vouches for no other host that it names.
  if (new URL(keysUrl).host !== new URL(issuer).host) {
    throw new StrongroomError("IssuerUnavailable", "the issuer's keys are at another host");
  }
  return parseJwks(utf8(JSON.stringify((await fetchIssuerJson(keysUrl, ca)) ?? null)));
}
