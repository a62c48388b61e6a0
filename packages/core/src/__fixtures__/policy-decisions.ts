// SPDX-License-Identifier: Apache-2.0
/** Policies of one authority, and what they say of claims. */

import { evaluatePolicy } from "../policy/evaluate-policy.ts";
import { releasePolicySchema } from "../policy/parse-release-policy.ts";
import { extendedPolicyVersion } from "../policy/release-policy.ts";

/** The authority. */
export const issuer = "https://attest.example";
/** When policies are evaluated. */
export const at = new Date("2026-06-01T00:00:00Z");
/** The same in seconds. */
export const now = at.getTime() / 1000;

/** A policy of one authority that asks for all of these conditions. */
export const policy = (...conditions: readonly object[]) =>
  releasePolicySchema.parse({
    version: extendedPolicyVersion,
    anyOf: [{ authority: issuer, allOf: conditions }],
  });

/** What a policy says of claims. */
export const evaluate = (conditions: readonly object[], claims: object, from = issuer) =>
  evaluatePolicy(policy(...conditions), { issuer: from, claims: claims as never }, at);

/** Whether it allows. */
export const decide = (conditions: readonly object[], claims: object) =>
  evaluate(conditions, claims).kind;
