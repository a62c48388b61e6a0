// SPDX-License-Identifier: Apache-2.0
/** A release policy, parsed: Key Vault's grammar, and what a policy version of our own adds to it. */

/** `version` of a policy that may use the operators that Key Vault does not have. */
export const extendedPolicyVersion = "1.0.0+strongroom.1";

/** Operators of Key Vault's grammar. */
export const keyVaultOperators = [
  "equals",
  "notEquals",
  "less",
  "lessOrEquals",
  "greater",
  "greaterOrEquals",
  "exists",
] as const;

/**
 * Operators of `extendedPolicyVersion`: one of a list; text with that beginning; a list that has that member; a time
 * (NumericDate, RFC 7519 section 2) at most so many seconds ago; one of the values that a set of that name, which the
 * attestation authority's rules hold, lists for the claim.
 */
export const extendedOperators = [
  "in",
  "startsWith",
  "contains",
  "maxAgeSeconds",
  "reference",
] as const;

/** An operator of either. */
export type PolicyOperator = (typeof keyVaultOperators | typeof extendedOperators)[number];

/** What a claim is compared with. */
export type PolicyScalar = string | number | boolean;

/** One condition on one claim. */
export interface ClaimCondition {
  readonly kind: "claim";
  /** Its name; dots step into objects. */
  readonly claim: string;
  readonly operator: PolicyOperator;
  /** A list for `in` alone. */
  readonly value: PolicyScalar | readonly PolicyScalar[];
}

/** Some or all of a list. */
export interface GroupCondition {
  readonly kind: "anyOf" | "allOf";
  readonly conditions: readonly PolicyCondition[];
}

/** A condition of the grammar. */
export type PolicyCondition = ClaimCondition | GroupCondition;

/** Conditions on the claims that one authority vouches for. */
export interface PolicyAuthority {
  /** Normalised. */
  readonly authority: string;
  readonly conditions: GroupCondition;
}

/** A parsed policy: any of the authorities, or all. */
export interface ReleasePolicy {
  readonly version: string;
  readonly kind: GroupCondition["kind"];
  readonly authorities: readonly PolicyAuthority[];
}

/** Characters of an authority's name: an issuer longer than that is none. */
export const maxAuthorityLength = 1_024;

/** Two spellings of one issuer are one authority: scheme and host in lower case, no port that the scheme has, no slash at the end. */
export function normaliseAuthority(text: string): string {
  const trimmed = withoutSlashes(text);
  const url = URL.canParse(trimmed) ? new URL(trimmed) : undefined;
  // With anything else than scheme, host, port and path it is no issuer (OpenID Connect Discovery 1.0, section 2).
  return url === undefined || `${url.username}${url.password}${url.search}${url.hash}` !== ""
    ? trimmed
    : `${url.protocol}//${url.host}${withoutSlashes(url.pathname)}`;
}

// A pattern would look at each slash of a long row again and again.
function withoutSlashes(text: string): string {
  let end = text.length;
  while (end > 0 && text[end - 1] === "/") {
    end -= 1;
  }
  return text.slice(0, end);
}
