// SPDX-License-Identifier: Apache-2.0
/** Tokens of attestation authorities other than ours: verified by keys that belong to the configured issuer, and by nothing that a token says about keys. */

import type { ExternalIssuer } from "@strongroom/api";
import {
  checkEar,
  type JwtFacts,
  type JwtIssuer,
  type Verdict,
  verifyJwt,
} from "@strongroom/attestation";
import {
  type Claims,
  isStrongroomError,
  StrongroomError,
  sha256,
  toBase64url,
  utf8,
} from "@strongroom/core";
import { z } from "zod";
import type { AuthorityKeys } from "./authority-keys.ts";
import { importProofKey, type VerifiedTarget } from "./verified-target.ts";

/** An issuer and where its keys are. */
export interface KnownIssuer {
  readonly config: ExternalIssuer;
  readonly keys: AuthorityKeys;
}

const confirmationSchema = z.object({
  jwk: z.object({
    kty: z.literal("EC"),
    crv: z.literal("P-256"),
    x: z.string().max(64),
    y: z.string().max(64),
  }),
});

/** A token, and the issuer as it spells it: one spelling of the known issuer's name. */
export interface ExternalToken {
  readonly token: string;
  readonly named: string;
}

/** Verifies one. @throws {StrongroomError} `TargetExpired`, `TargetInvalid`, or `IssuerUnavailable`. */
export async function verifyExternalTarget(
  issuer: KnownIssuer,
  external: ExternalToken,
  at: Date,
): Promise<VerifiedTarget> {
  const { token } = external;
  const { config, keys } = issuer;
  const seen = await keysOf(keys.usable());
  const first = verifyWith(config, seen, { ...external, at });
  const newer = isMiss(first) ? await keysOf(keys.afterMiss(seen)) : undefined;
  const verdict = newer === undefined ? first : verifyWith(config, newer, { ...external, at });
  if (verdict.kind === "refused") {
    throw verdict.class === "expired"
      ? new StrongroomError("TargetExpired", "the attestation token is not valid at this time")
      : new StrongroomError("TargetInvalid", `the attestation token was refused: ${verdict.class}`);
  }
  const claims = verdict.claims.claims as Claims;
  return {
    issuer: config.issuer,
    isOwn: false,
    claims,
    binding: { kind: config.binding === "podToken" ? "pod" : "anybody" },
    proofKey: await proofKeyOf(claims),
    digest: toBase64url(sha256(utf8(token))),
  };
}

// A key set that is none makes the issuer unusable, and no token of anybody's invalid.
async function keysOf<Keys>(keys: Promise<Keys>): Promise<Keys> {
  try {
    return await keys;
  } catch (cause) {
    throw isStrongroomError(cause, "IssuerUnavailable")
      ? cause
      : new StrongroomError("IssuerUnavailable", "the issuer's key set is none", { cause });
  }
}

function verifyWith(
  config: ExternalIssuer,
  keys: JwtIssuer["keys"],
  { token, named, at }: ExternalToken & { readonly at: Date },
): Verdict<JwtFacts> {
  const issuer: JwtIssuer = {
    issuer: named,
    audience: config.audience ?? "unbound",
    algorithms: config.algorithms,
    keys,
    expiry: config.kind === "EAR" ? "optional" : "required",
    longestAge: config.maximumAgeSeconds,
  };
  const verdict = verifyJwt(token, issuer, { nonce: "unbound" }, at);
  if (verdict.kind === "refused" || config.kind !== "EAR") {
    return verdict;
  }
  return checkEar(verdict.claims.claims) ?? verdict;
}

function isMiss(verdict: Verdict<JwtFacts>): boolean {
  return verdict.kind === "refused" && verdict.class === "endorsements-unavailable";
}

// A token that confirms a key is for its holder alone (RFC 7800); where we cannot check that, it is for nobody.
async function proofKeyOf({ cnf }: Claims): Promise<CryptoKey | undefined> {
  return cnf === undefined
    ? undefined
    : await importProofKey(confirmationSchema.safeParse(cnf).data?.jwk ?? {});
}
