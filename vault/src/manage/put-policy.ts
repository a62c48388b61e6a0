// SPDX-License-Identifier: Apache-2.0
/** Writing and deleting a release policy. What it governs stays governed: without the policy it is denied. An immutable one stays. */

import { maxPolicyWarnings, type PutPolicyRequest, type PutPolicyResponse } from "@strongroom/api";
import {
  canonicalJson,
  type JsonValue,
  policyRisks,
  type ReleasePolicy,
  releasePolicySchema,
  StrongroomError,
  sha256,
  type TrustedAuthorities,
  toHex,
} from "@strongroom/core";
import { z } from "zod";
import { Refusal } from "../audit/event.ts";
import type { LedgerTransaction, RecordReader } from "../ledger/ledger.ts";
import { type GovernPlace, type GovernStep, governNext } from "../objects/governance.ts";
import {
  type PolicyRecord,
  policyKey,
  policyRecordSchema,
  readRecord,
} from "../vaults/vault-record.ts";
import { putIfChanged } from "./put-if-changed.ts";

/** A policy to write. */
export interface PolicyWrite {
  readonly vaultUid: string;
  readonly name: string;
  readonly request: PutPolicyRequest;
  /** As they stand now, for what is said of the policy. */
  readonly trusted: TrustedAuthorities;
}

/** A policy that is written, and the objects that are still to be marked. */
export interface WrittenPolicy {
  readonly record: PolicyRecord;
  readonly response: PutPolicyResponse;
  readonly next: GovernPlace | undefined;
}

/** Writes the policy, which governs from now on, and begins to mark its objects. @throws {Refusal} `BadParameter`, or `PolicyImmutable`. */
export async function putPolicy(
  tx: LedgerTransaction,
  { vaultUid, name, request, trusted }: PolicyWrite,
): Promise<WrittenPolicy> {
  const parsed = parsePolicy(request.policy);
  const record = toRecord(name, request);
  const existing = await readPolicy(tx, vaultUid, name);
  if (existing?.immutable && existing.digest !== record.digest) {
    throw new Refusal("PolicyImmutable", "the policy is immutable; it cannot be changed");
  }
  const kept = { ...record, immutable: record.immutable || existing?.immutable === true };
  await putIfChanged(tx, policyKey(vaultUid, name), { ...kept });
  const { governed, names, next } = await governNext(tx, vaultUid, kept);
  const warnings = warningsOf(parsed, trusted);
  const response = { digest: record.digest, objects: governed, names: [...names], warnings };
  return { record: kept, response, next };
}

/** Marks the next objects of a policy. @throws {StrongroomError} `Conflict` if it was changed or deleted meanwhile. */
export async function continuePolicy(
  tx: LedgerTransaction,
  vaultUid: string,
  record: PolicyRecord,
  from: GovernPlace,
): Promise<GovernStep> {
  const now = await readPolicy(tx, vaultUid, record.name);
  if (now === undefined || now.deleted || now.digest !== record.digest) {
    throw new StrongroomError("Conflict", "the policy was changed a moment ago; try again");
  }
  return await governNext(tx, vaultUid, record, from);
}

/** Marks the policy deleted; answers whether it is: there was one, and it is not immutable. */
export async function deletePolicy(
  tx: LedgerTransaction,
  vaultUid: string,
  name: string,
): Promise<boolean> {
  const existing = await readPolicy(tx, vaultUid, name);
  if (existing === undefined || existing.deleted) {
    return false;
  }
  // Who could delete it could make it anew, and loosen it: it stays in force, and the same resource resumes it.
  const { immutable } = existing;
  if (!immutable || existing.resourceGone !== true) {
    const change = immutable ? { resourceGone: true } : { deleted: true };
    await tx.put(policyKey(vaultUid, name), { ...existing, ...change });
  }
  return !immutable;
}

/** Reads a policy's record, deleted or not. */
export async function readPolicy(
  tx: RecordReader,
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

function warningsOf(policy: ReleasePolicy, trusted: TrustedAuthorities): string[] {
  return policyRisks(policy, trusted)
    .slice(0, maxPolicyWarnings)
    .map(({ code, message }) => `${code}: ${message}`);
}
