// SPDX-License-Identifier: Apache-2.0
/** Every policy that governs an object, a key's own, and the charter: all must allow, and each must name what is unusual about the environment. */

import {
  claimsMet,
  evaluatePolicy,
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

/** Decides, by the charter where the vault has one and by the resources; never throws for a denial. */
export async function decidePolicies(
  tx: RecordReader,
  question: PolicyQuestion,
): Promise<PolicyAnswer> {
  const byCharter = await decideReleaseByCharter(tx, question);
  if (byCharter.kind === "denied") {
    return byCharter;
  }
  const byResources = await decideByResources(tx, question);
  return byResources.kind === "denied"
    ? byResources
    : { kind: "allowed", digests: [...byCharter.digests, ...byResources.digests] };
}

async function decideByResources(
  tx: RecordReader,
  question: PolicyQuestion,
): Promise<PolicyAnswer> {
  const { vault, own } = question;
  const governed = question.governed.filter((name) => !isOfCharter(name));
  if (governed.length === 0 && vault.release === "Required") {
    return denied("no policy governs the object, and the vault requires one");
  }
  if (governed.length === 0 && own === undefined) {
    return decideUngoverned(question);
  }
  const digests: string[] = [];
  for (const name of governed) {
    const answer = await decideNamed(tx, name, question);
    if (answer.kind === "denied") {
      return answer;
    }
    digests.push(...answer.digests);
  }
  if (own === undefined) {
    return { kind: "allowed", digests };
  }
  const answer = toAnswer("release_policy", own, question);
  return answer.kind === "denied"
    ? answer
    : { kind: "allowed", digests: [...digests, ...answer.digests] };
}

async function decideNamed(
  tx: RecordReader,
  name: string,
  question: PolicyQuestion,
): Promise<PolicyAnswer> {
  const record = await readPolicy(tx, question.vault.uid, name);
  return record === undefined || record.deleted
    ? denied(`policy ${name} does not exist`)
    : toAnswer(name, { policy: policyOf(record), digest: record.digest }, question);
}

function toAnswer(
  name: string,
  { policy, digest }: NonNullable<PolicyQuestion["own"]>,
  question: PolicyQuestion,
): PolicyAnswer {
  const refused = refusalsOf(policy, question);
  return refused.length === 0
    ? { kind: "allowed", digests: [digest] }
    : denied(...refused.map((reason) => `${name}: ${reason}`));
}

function refusalsOf(
  policy: ReleasePolicy,
  { target, at, references }: PolicyQuestion,
): readonly string[] {
  const { issuer, claims } = target;
  const decision = evaluatePolicy(policy, { issuer, claims }, at, references);
  if (decision.kind === "denied") {
    return unmetConditions(decision);
  }
  const admitted = claimsMet(decision);
  return unusualClaims(claims)
    .filter((claim) => !admitted.has(claim))
    .map((claim) => `no condition on ${claim} admits it`);
}

// Nobody has said that anything but hardware is good enough, or that anybody else's word is: so nothing else is.
function decideUngoverned({ target }: PolicyQuestion): PolicyAnswer {
  if (!target.isOwn) {
    return denied("no policy names the authority that issued this token");
  }
  const unusual = unusualClaims(target.claims);
  return unusual.length === 0
    ? { kind: "allowed", digests: [] }
    : denied(...unusual.map((claim) => `no policy admits ${claim}`));
}

function denied(...reasons: readonly string[]) {
  return { kind: "denied", reasons } as const;
}
