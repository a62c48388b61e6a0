// SPDX-License-Identifier: Apache-2.0
/** Every policy that governs an object, a key's own, and the charter: all must allow, and each must name what is unusual about the environment. */

import {
  type Claims,
  claimsMet,
  evaluatePolicy,
  type PolicyDecision,
  type ReferenceValues,
  type ReleasePolicy,
  unmetConditions,
  unusualClaims,
} from "@strongroom/core";
import { isOfCharter } from "../charter/charter-names.ts";
import { decideReleaseByCharter, type ReleasedObject } from "../charter/decide-charter.ts";
import type { RecordReader } from "../ledger/ledger.ts";
import { readPolicy } from "../manage/put-policy.ts";
import { policyOf, type Vault } from "../vaults/vault-record.ts";
import type { VerifiedTarget } from "./attestation-token/verified-target.ts";

/** What an environment is judged by. */
export interface PolicyQuestion {
  readonly vault: Vault;
  readonly target: VerifiedTarget;
  readonly at: Date;
  /** Of the attestation authority, as they stand now. */
  readonly references: ReferenceValues;
  readonly object: ReleasedObject;
  /** Names of the policies that govern the object. */
  readonly governed: readonly string[];
  /** The object's own policy with its digest: a key's `release_policy`. */
  readonly own?: { readonly policy: ReleasePolicy; readonly digest: string } | undefined;
}

/** Digests of the policies that allowed, or why they do not; reasons are for the audit log, not for the caller. */
export type PolicyAnswer =
  | { readonly kind: "allowed"; readonly digests: readonly string[] }
  | { readonly kind: "denied"; readonly reasons: readonly string[] };

/** What one policy says: its digest, why it refuses, and the decision where there is such a policy. */
export interface PolicyJudgement {
  /** Of a KeyReleasePolicy, `release_policy`, or `charter`; absent where none governs. */
  readonly name?: string;
  readonly digest?: string;
  readonly decision?: PolicyDecision;
  /** Nothing where it allows. */
  readonly refused: readonly string[];
}

/** Decides, by the charter where the vault has one and by the resources; never throws for a denial. The first that refuses ends it. */
export async function decidePolicies(
  tx: RecordReader,
  question: PolicyQuestion,
): Promise<PolicyAnswer> {
  const digests: string[] = [];
  for await (const { refused, digest } of judgePolicies(tx, question)) {
    if (refused.length > 0) {
      return { kind: "denied", reasons: refused };
    }
    digests.push(...(digest === undefined ? [] : [digest]));
  }
  return { kind: "allowed", digests };
}

/** Judges by the charter, where the vault has one, and then by one policy after the other. */
export async function* judgePolicies(
  tx: RecordReader,
  question: PolicyQuestion,
): AsyncIterable<PolicyJudgement> {
  const byCharter = await decideReleaseByCharter(tx, question);
  if (byCharter.kind === "denied") {
    yield { name: "charter", refused: byCharter.reasons };
  } else {
    yield* byCharter.digests.map((digest) => ({ name: "charter", digest, refused: [] }));
  }
  yield* judgeByResources(tx, question);
}

async function* judgeByResources(
  tx: RecordReader,
  question: PolicyQuestion,
): AsyncIterable<PolicyJudgement> {
  const { vault, own } = question;
  const governed = question.governed.filter((name) => !isOfCharter(name));
  if (governed.length === 0 && vault.release === "Required") {
    yield { refused: ["no policy governs the object, and the vault requires one"] };
    return;
  }
  if (governed.length === 0 && own === undefined) {
    yield { refused: refusalsUngoverned(question) };
    return;
  }
  for (const name of governed) {
    yield await judgeNamed(tx, name, question);
  }
  if (own !== undefined) {
    yield judge("release_policy", own, question);
  }
}

async function judgeNamed(
  tx: RecordReader,
  name: string,
  question: PolicyQuestion,
): Promise<PolicyJudgement> {
  const record = await readPolicy(tx, question.vault.uid, name);
  return record === undefined || record.deleted
    ? { name, refused: [`policy ${name} does not exist`] }
    : judge(name, { policy: policyOf(record), digest: record.digest }, question);
}

function judge(
  name: string,
  { policy, digest }: NonNullable<PolicyQuestion["own"]>,
  { target, at, references }: PolicyQuestion,
): PolicyJudgement {
  const { issuer, claims } = target;
  const decision = evaluatePolicy(policy, { issuer, claims }, at, references);
  const refused = refusalsOf(decision, claims).map((reason) => `${name}: ${reason}`);
  return { name, digest, decision, refused };
}

function refusalsOf(decision: PolicyDecision, claims: Claims): readonly string[] {
  if (decision.kind === "denied") {
    return unmetConditions(decision);
  }
  const admitted = claimsMet(decision);
  return unusualClaims(claims)
    .filter((claim) => !admitted.has(claim))
    .map((claim) => `no condition on ${claim} admits it`);
}

// Nobody has said that anything but hardware is good enough, or that anybody else's word is: so nothing else is.
function refusalsUngoverned({ target }: PolicyQuestion): readonly string[] {
  return target.isOwn
    ? unusualClaims(target.claims).map((claim) => `no policy admits ${claim}`)
    : ["no policy names the authority that issued this token"];
}
