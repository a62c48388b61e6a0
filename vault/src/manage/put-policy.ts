// SPDX-License-Identifier: Apache-2.0
/** Writing and deleting a release policy. What it governs stays governed: without the policy it is denied. */

import type { PutPolicyRequest, PutPolicyResponse } from "@strongroom/api";
import {
  canonicalJson,
  claimsNamed,
  type JsonValue,
  type ReleasePolicy,
  releasePolicySchema,
  sha256,
  toHex,
} from "@strongroom/core";
import { z } from "zod";
import { Refusal } from "../audit/event.ts";
import type { LedgerTransaction } from "../ledger/ledger.ts";
import { governExisting } from "../objects/governance.ts";
import {
  type PolicyRecord,
  policyKey,
  policyRecordSchema,
  readRecord,
} from "../vaults/vault-record.ts";
import { putIfChanged } from "./put-vault.ts";

/** A policy to write. */
export interface PolicyWrite {
  readonly vaultUid: string;
  readonly name: string;
  readonly request: PutPolicyRequest;
}

/** Writes the policy and marks what it governs. @throws {Refusal} `BadParameter`, or `PolicyImmutable`. */
export async function putPolicy(
  tx: LedgerTransaction,
  { vaultUid, name, request }: PolicyWrite,
): Promise<PutPolicyResponse> {
  const parsed = parsePolicy(request.policy);
  const record = toRecord(name, request);
  const existing = await readPolicy(tx, vaultUid, name);
  if (existing?.immutable && existing.digest !== record.digest) {
    throw new Refusal("PolicyImmutable", "the policy is immutable; it cannot be changed");
  }
  const kept = { ...record, immutable: record.immutable || existing?.immutable === true };
  await putIfChanged(tx, policyKey(vaultUid, name), { ...kept });
  const objects = await governExisting(tx, vaultUid, kept);
  return { digest: record.digest, objects, warnings: warningsOf(parsed) };
}

/** Marks the policy deleted; answers whether there was one. */
export async function deletePolicy(
  tx: LedgerTransaction,
  vaultUid: string,
  name: string,
): Promise<boolean> {
  const existing = await readPolicy(tx, vaultUid, name);
  if (existing === undefined || existing.deleted) {
    return false;
  }
  await tx.put(policyKey(vaultUid, name), { ...existing, deleted: true });
  return true;
}

/** Reads a policy's record, deleted or not. */
export async function readPolicy(
  tx: Pick<LedgerTransaction, "read">,
  vaultUid: string,
  name: string,
): Promise<PolicyRecord | undefined> {
  return await readRecord(tx, policyKey(vaultUid, name), policyRecordSchema);
}

function parsePolicy(policy: unknown): ReleasePolicy {
  const parsed = releasePolicySchema.safeParse(policy);
  if (!parsed.success) {
    throw new Refusal("BadParameter", `policy: ${z.prettifyError(parsed.error)}`);
  }
  return parsed.data;
}

function toRecord(name: string, request: PutPolicyRequest): PolicyRecord {
  const { selector, policy, immutable, owner } = request;
  const content = { kinds: selector.kinds, names: selector.names, policy: policy as JsonValue };
  return {
    name,
    owner: owner.uid,
    kinds: selector.kinds,
    names: selector.names,
    immutable,
    policy: policy as PolicyRecord["policy"],
    digest: toHex(sha256(canonicalJson(content))),
    deleted: false,
  };
}

function warningsOf(policy: ReleasePolicy): string[] {
  const named = claimsNamed(policy);
  return named.has("x-strongroom-class")
    ? [
        "the policy names x-strongroom-class: check that it admits software or virtual devices on purpose",
      ]
    : [];
}
