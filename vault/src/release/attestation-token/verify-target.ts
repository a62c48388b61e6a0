// SPDX-License-Identifier: Apache-2.0
/** Verifies the attestation token of a release: ours, or that of an issuer which the authority's configuration allows. */

import type { ExternalIssuer } from "@strongroom/api";
import {
  type Clock,
  normaliseAuthority,
  requireShallowToken,
  StrongroomError,
} from "@strongroom/core";
import { decodeJwt } from "jose";
import type { Authority } from "../../attestation/token/token-authority.ts";
import { createAuthorityKeys } from "./authority-keys.ts";
import { type KnownIssuer, verifyExternalTarget } from "./external-target.ts";
import { createOwnTargetVerifier } from "./own-target.ts";
import type { VerifiedTarget } from "./verified-target.ts";

/** Whose tokens are taken. */
export interface TargetDeps {
  readonly authority: Authority;
  /** As they are configured now. */
  readonly externalIssuers: () => readonly ExternalIssuer[];
  readonly clock: Clock;
}

/** Verifies a token. It may ask its issuer for keys, and so belongs before a decision. */
export type VerifyTarget = (token: string, at: Date) => Promise<VerifiedTarget>;

/** What verifies tokens. It throws `TargetExpired`, `TargetInvalid`, or `IssuerUnavailable`. */
export function createTargetVerifier(deps: TargetDeps): VerifyTarget {
  // By configuration: an issuer that is configured anew is asked anew.
  const issuers = new Map<ExternalIssuer, KnownIssuer>();
  const known = (issuer: string): KnownIssuer | undefined => {
    const configured = deps.externalIssuers();
    for (const config of issuers.keys()) {
      if (!configured.includes(config)) {
        issuers.delete(config);
      }
    }
    const config = configured.find((one) => normaliseAuthority(one.issuer) === issuer);
    if (config === undefined) {
      return undefined;
    }
    const found = issuers.get(config) ?? { config, keys: createAuthorityKeys(config, deps.clock) };
    issuers.set(config, found);
    return found;
  };
  const own = normaliseAuthority(deps.authority.issuer);
  const verifyOwn = createOwnTargetVerifier(deps.authority);
  return async (token, at) => {
    const named = issuerOf(token);
    // Two spellings of one issuer are one here, as they are in policies.
    const issuer = named === undefined ? undefined : normaliseAuthority(named);
    // No configuration makes another the issuer of our own tokens.
    if (issuer === own) {
      return await verifyOwn(token, at);
    }
    const external = issuer === undefined ? undefined : known(issuer);
    if (named === undefined || external === undefined) {
      throw new StrongroomError("TargetInvalid", "no authority that is trusted made the token");
    }
    return await verifyExternalTarget(external, { token, named }, at);
  };
}

// Only to choose the keys: the token says who made it, and its signature shows whether that is so.
function issuerOf(token: string): string | undefined {
  try {
    requireShallowToken(token);
    const { iss } = decodeJwt(token);
    return typeof iss === "string" && iss.length <= 1_024 ? iss : undefined;
  } catch {
    return undefined;
  }
}
