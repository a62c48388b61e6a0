// SPDX-License-Identifier: Apache-2.0
/** Decides one object of a release: role, object, and every policy that governs it; all must allow. */

import type { DenialClass, ReleaseItem } from "@strongroom/api";
import {
  claimsMet,
  evaluatePolicy,
  isStrongroomError,
  type ReleasePolicy,
  type RoleAssignment,
  unmetConditions,
  unusualClaims,
} from "@strongroom/core";
import type { VerifiedTarget } from "../attestation/token.ts";
import type { Caller } from "../identity/caller.ts";
import type { LedgerTransaction } from "../ledger/ledger.ts";
import { readPolicy } from "../manage/put-policy.ts";
import { type FoundSecret, findSecret } from "../secrets/read-secret.ts";
import { isAllowed } from "../vaults/access.ts";
import { policyOf, type Vault } from "../vaults/vault-record.ts";

/** What was decided about one object. `reasons` and `policies` are for the audit log, not for the caller. */
export type ItemDecision =
  | { readonly kind: "granted"; readonly found: FoundSecret; readonly policies: readonly string[] }
  | { readonly kind: "denied"; readonly class: DenialClass; readonly reasons: readonly string[] };

/** Who asks, from where, with which roles. */
export interface ReleaseRequester {
  readonly vault: Vault;
  readonly issuer: string;
  readonly caller: Caller;
  readonly assignments: readonly RoleAssignment[];
  readonly target: VerifiedTarget;
  readonly at: Date;
}

/** The action that a role must allow for a release of a secret. */
const releaseAction = "Microsoft.KeyVault/vaults/secrets/getSecret/action";
/** Decides; never throws for a denial. */
export async function decideItem(
  tx: LedgerTransaction,
  requester: ReleaseRequester,
  item: ReleaseItem,
): Promise<ItemDecision> {
  const object = `${item.kind}/${item.name}`;
  const question = { action: releaseAction, via: "release", object } as const;
  if (!isAllowed(requester.assignments, requester.caller, question)) {
    return denied("Forbidden", "no role allows it");
  }
  const found = await find(tx, requester.vault, item);
  return "kind" in found ? found : await decidePolicies(tx, requester, found);
}

async function find(
  tx: LedgerTransaction,
  vault: Vault,
  item: ReleaseItem,
): Promise<FoundSecret | Extract<ItemDecision, { kind: "denied" }>> {
  try {
    return await findSecret(tx, vault, item.name, item.version);
  } catch (error) {
    if (isStrongroomError(error, "NotFound")) {
      return denied("NotFound", "no such secret or version");
    }
    if (isStrongroomError(error, "ObjectDisabled")) {
      return denied("Disabled", "the version is disabled");
    }
    throw error;
  }
}

async function decidePolicies(
  tx: LedgerTransaction,
  requester: ReleaseRequester,
  found: FoundSecret,
): Promise<ItemDecision> {
  const { vault, target } = requester;
  const names = found.object.governed;
  if (names.length === 0) {
    return decideUngoverned(vault, target, found);
  }
  const digests: string[] = [];
  for (const name of names) {
    const record = await readPolicy(tx, vault.uid, name);
    if (record === undefined || record.deleted) {
      return denied("PolicyDenied", `policy ${name} does not exist`);
    }
    const policy = policyOf(record);
    const refused = refusalsOf(policy, requester);
    if (refused.length > 0) {
      return denied("PolicyDenied", ...refused.map((reason) => `${name}: ${reason}`));
    }
    digests.push(record.digest);
  }
  return { kind: "granted", found, policies: digests };
}

function refusalsOf(
  policy: ReleasePolicy,
  { issuer, target, at }: ReleaseRequester,
): readonly string[] {
  const decision = evaluatePolicy(policy, { issuer, claims: target.claims }, at);
  if (decision.kind === "denied") {
    return unmetConditions(decision);
  }
  const admitted = claimsMet(decision);
  return unusualClaims(target.claims)
    .filter((claim) => !admitted.has(claim))
    .map((claim) => `no condition on ${claim} admits it`);
}

// Nobody has said that anything but hardware is good enough, so nothing else is.
function decideUngoverned(vault: Vault, target: VerifiedTarget, found: FoundSecret): ItemDecision {
  if (vault.release === "Required") {
    return denied("PolicyDenied", "no policy governs the object, and the vault requires one");
  }
  const unusual = unusualClaims(target.claims);
  return unusual.length === 0
    ? { kind: "granted", found, policies: [] }
    : denied("PolicyDenied", ...unusual.map((claim) => `no policy admits ${claim}`));
}

function denied(kind: DenialClass, ...reasons: readonly string[]) {
  return { kind: "denied", class: kind, reasons } as const;
}
