// SPDX-License-Identifier: Apache-2.0
/** What of a policy is risky, or can never be met: for whoever writes or reviews it. Nothing is decided by it. */

import type { ConditionContext } from "./meets-condition.ts";
import { everyCondition } from "./policy-claims.ts";
import { possibleDecision } from "./possible-decision.ts";
import { noReferenceValues, type ReferenceValues } from "./reference-values.ts";
import { type ClaimCondition, normaliseAuthority, type ReleasePolicy } from "./release-policy.ts";
import { type UnusualTopic, watchedClaims } from "./unusual-environment.ts";

/** One risk: a word for programs, a sentence for people. */
export interface PolicyRisk {
  readonly code: string;
  readonly message: string;
}

/** What a vault's attestation authority trusts, where that is known. */
export interface TrustedAuthorities {
  /** Issuer of its own tokens. */
  readonly own: string;
  readonly external: readonly { readonly issuer: string; readonly binding: "podToken" | "none" }[];
  readonly references: ReferenceValues;
}

/** Characters of a name in a message. */
const maxNamed = 128;

/** Types of TEEs in which memory can be debugged, as tokens say them. */
const debuggableTypes = ["sevsnpvm", "tdxvm", "sgx", "azurevm", "nitro", "cca"];

const admitted: Readonly<Record<UnusualTopic, readonly [code: string, what: string]>> = {
  software: ["SoftwareAdmitted", "devices that are software or virtual, such as a software TPM"],
  fresh: ["ReplayAdmitted", "evidence that answers no nonce: it may be old, or another's"],
  debug: ["DebugAdmitted", "environments whose memory a debugger may read"],
  migration: ["MigrationAdmitted", "environments that another host's agent may take over"],
};

/** Risks of a policy, the worst first. @param trusted Without it, who issues tokens is not looked at. */
export function policyRisks(
  policy: ReleasePolicy,
  trusted?: TrustedAuthorities,
): readonly PolicyRisk[] {
  const references = trusted?.references ?? noReferenceValues;
  // No claim that is looked at here has an age.
  const context = { at: new Date(0), references };
  return [
    ...admittedRisks(policy, context),
    ...debugRisks(policy, context),
    ...absenceRisks(policy),
    ...unmeasuredRisks(policy),
    ...memberRisks(policy),
    ...authorityRisks(policy, trusted),
    ...(trusted === undefined ? [] : referenceRisks(policy, trusted)),
  ];
}

function admittedRisks(policy: ReleasePolicy, context: ConditionContext): readonly PolicyRisk[] {
  const claims = new Map<UnusualTopic, string[]>();
  for (const { claim, topic, unusual } of watchedClaims) {
    const isAdmitted = unusual.some(
      (value) => possibleDecision(policy, new Map([[claim, value]]), context).named,
    );
    if (isAdmitted) {
      claims.set(topic, [...(claims.get(topic) ?? []), claim]);
    }
  }
  return [...claims].map(([topic, names]) => {
    const [code, what] = admitted[topic];
    return { code, message: `conditions on ${names.join(", ")} admit ${what}` };
  });
}

function debugRisks(policy: ReleasePolicy, context: ConditionContext): readonly PolicyRisk[] {
  const silent = watchedClaims
    .filter(({ topic }) => topic === "debug")
    .map(({ claim }) => [claim, undefined] as const);
  const isUnchecked = debuggableTypes.some((type) => {
    const known = new Map([...silent, ["x-ms-attestation-type", type] as const]);
    return possibleDecision(policy, known, context).allowed;
  });
  const message =
    "no condition asks that debugging is off: a token that says it is on is denied, one that says nothing is not";
  return isUnchecked ? [{ code: "DebugUnchecked", message }] : [];
}

function absenceRisks(policy: ReleasePolicy): readonly PolicyRisk[] {
  return everyCondition(policy)
    .filter(({ operator, value }) => operator === "exists" && String(value) === "false")
    .map(({ claim }) => ({
      code: "AbsenceAdmitted",
      message: `a token that says nothing of ${quoted(claim)} meets a condition`,
    }));
}

/** What a node says of itself stands under this claim, and nothing else does. */
const unmeasured = "x-strongroom-unmeasured";

function unmeasuredRisks(policy: ReleasePolicy): readonly PolicyRisk[] {
  return everyCondition(policy)
    .filter(({ claim }) => claim === unmeasured || claim.startsWith(`${unmeasured}.`))
    .map(({ claim }) => ({
      code: "UnmeasuredAsked",
      message: `nothing measures ${quoted(claim)}: a node says it of itself`,
    }));
}

/** Lists of registers that a system may extend while it runs. Each has a digest of the whole under a name of its own. */
const extensible: readonly string[] = [
  "x-strongroom-boot-files",
  "x-strongroom-boot-images",
  "x-strongroom-secureboot-authorities",
];

function memberRisks(policy: ReleasePolicy): readonly PolicyRisk[] {
  return everyCondition(policy)
    .filter(({ claim, operator }) => operator === "contains" && extensible.includes(claim))
    .map(({ claim }) => ({
      code: "MemberAsked",
      message: `a system adds to ${claim} what it likes: compare ${claim}-digest, which is of the whole list`,
    }));
}

function authorityRisks(
  { kind, authorities }: ReleasePolicy,
  trusted: TrustedAuthorities | undefined,
): readonly PolicyRisk[] {
  const named = [...new Set(authorities.map(({ authority }) => authority))];
  const never =
    kind === "allOf" && named.length > 1
      ? [{ code: "NeverMet", message: "all of several authorities are asked for: a token has one" }]
      : [];
  return trusted === undefined
    ? never
    : [...never, ...named.flatMap((authority) => trustRisks(authority, trusted))];
}

function trustRisks(
  authority: string,
  { own, external }: TrustedAuthorities,
): readonly PolicyRisk[] {
  if (authority === normaliseAuthority(own)) {
    return [];
  }
  const issuer = external.find((one) => normaliseAuthority(one.issuer) === authority);
  if (issuer === undefined) {
    const message = `nobody trusts ${quoted(authority)}: no token of it is taken`;
    return [{ code: "AuthorityUntrusted", message }];
  }
  const message = `tokens of ${quoted(authority)} are bound to no pod: whoever has a role and such a token gets the objects`;
  return issuer.binding === "none" ? [{ code: "BoundToNobody", message }] : [];
}

function referenceRisks(
  policy: ReleasePolicy,
  { references }: TrustedAuthorities,
): readonly PolicyRisk[] {
  const isUnknown = ({ claim, operator, value }: ClaimCondition) =>
    operator === "reference" && !references.get(String(value))?.has(claim);
  return everyCondition(policy)
    .filter(isUnknown)
    .map(({ claim, value }) => ({
      code: "ReferenceUnknown",
      message: `the authority has no reference values ${quoted(String(value))} for ${quoted(claim)}: nothing meets that condition`,
    }));
}

function quoted(name: string): string {
  return JSON.stringify(name).slice(0, maxNamed);
}
