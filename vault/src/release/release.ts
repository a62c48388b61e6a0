// SPDX-License-Identifier: Apache-2.0
/**
 * Release: hands objects, encrypted to a key that the evidence vouches for, to an authorised pod on an attested node.
 *
 * The order of the checks is part of the contract: token authentic and fresh; pod token authentic and its node the
 * attested node, where the token names one; proof of possession; role; policies of each object.
 */

import { randomUUID } from "node:crypto";
import {
  type ReleaseItem,
  type ReleasePayload,
  type ReleaseRequest,
  type ReleaseResponse,
  releaseType,
} from "@strongroom/api";
import type { JsonValue, ReferenceValues } from "@strongroom/core";
import { decideWithHead, recordUndone } from "../audit/decide.ts";
import type { RequestContext } from "../audit/event.ts";
import type { BoundPod } from "../identity/caller.ts";
import type { CommittedWithHead, Ledger, LedgerTransaction } from "../ledger/ledger.ts";
import { roleAssignments } from "../vaults/access.ts";
import type { Vault } from "../vaults/vault-record.ts";
import { type Answer, type AnswerDeps, answerItem, type DecidedItem } from "./answer-item.ts";
import { settleTarget } from "./attestation-token/settle-target.ts";
import type { VerifiedTarget } from "./attestation-token/verified-target.ts";
import type { VerifyTarget } from "./attestation-token/verify-target.ts";
import { decideItem } from "./decide-item.ts";
import { releasableOf, unwrappedOf } from "./releasable.ts";
import { requireBinding } from "./require-binding.ts";
import { type StatementDeps, signStatement } from "./sign-statement.ts";

/** What a release works with. */
export interface ReleaseDeps extends AnswerDeps, StatementDeps {
  readonly ledger: Ledger;
  readonly verifyTarget: VerifyTarget;
  /** Reference values of the attestation authority, as they stand now. */
  readonly references: () => ReferenceValues;
}

/** One release as it came in. */
export interface ReleaseCall {
  readonly context: RequestContext;
  readonly vault: Vault;
  readonly request: ReleaseRequest;
  readonly rawBody: Uint8Array;
  readonly proof: string | undefined;
  readonly path: string;
  /** `https://HOST` as the caller addressed the vault; object ids begin with it. */
  readonly origin: string;
}

interface Decided {
  readonly items: readonly DecidedItem[];
  readonly jti: string;
  readonly target: VerifiedTarget;
  readonly pod: BoundPod | undefined;
}

/** Decides, records, encrypts and signs. @throws {Refusal} where the caller as a whole is refused. */
export async function release(deps: ReleaseDeps, call: ReleaseCall): Promise<ReleaseResponse> {
  const { vault, context, request } = call;
  const operationName = operationOf(request.items);
  const target = await settleTarget(deps, request.target, context.at);
  const committed = await decideWithHead(deps.ledger, {
    context,
    operationName,
    properties: { vault: vault.uid, vaultName: vault.name, objects: request.items.map(nameOf) },
    work: async (tx) => {
      const decided = await decideCall(tx, deps.references(), call, target());
      return { result: decided, properties: auditProperties(decided) };
    },
  });
  try {
    return await answer(deps, call, committed);
  } catch (error) {
    const { log, index } = committed;
    const properties = { vault: vault.uid, undone: { log, index } };
    await recordUndone(deps.ledger, { context, operationName, properties }, error);
    throw error;
  }
}

// The values are opened and encrypted after the leaf: what cannot be is not handed out, and has a leaf that says so.
async function answer(
  deps: ReleaseDeps,
  { context, vault, origin }: ReleaseCall,
  { result: decided, head, proof, index }: CommittedWithHead<Decided>,
): Promise<ReleaseResponse> {
  const { target, jti } = decided;
  const answers: Answer[] = [];
  for (const decidedItem of decided.items) {
    const made = await answerItem(deps, { vault, origin, target, jti }, decidedItem);
    if (made.undone !== undefined) {
      const { item } = decidedItem;
      const { operationName } = releasableOf(item);
      const undone = { log: head.log, index, object: nameOf(item), ...unwrappedOf(item) };
      const properties = { vault: vault.uid, undone };
      await recordUndone(deps.ledger, { context, operationName, properties }, made.undone);
    }
    answers.push(made);
  }
  const { log, size, root } = head;
  const statement: ReleasePayload = {
    jti,
    iat: Math.floor(context.at.getTime() / 1000),
    ...(decided.pod === undefined ? {} : { pod: { uid: decided.pod.podUid } }),
    vault: { uid: vault.uid, name: vault.name },
    items: answers.map((answer) => answer.statement),
    head: { log, size, root },
  };
  return {
    release: await signStatement(deps, releaseType, statement),
    items: answers.map(({ content }) => content),
    head,
    proof: { ...proof, path: [...proof.path] },
  };
}

async function decideCall(
  tx: LedgerTransaction,
  references: ReferenceValues,
  call: ReleaseCall,
  target: VerifiedTarget,
): Promise<Decided> {
  const { context, vault, request } = call;
  const { caller, at } = context;
  const proven = await requireBinding(tx, { ...call, token: request.target }, target);
  const assignments = await roleAssignments(tx, vault);
  const requester = { vault, caller, assignments, target, at, references };
  const items: DecidedItem[] = [];
  for (const item of request.items) {
    items.push({ item, decision: await decideItem(tx, requester, item) });
  }
  // Without a proof the answer is bound to nobody's request, but an old one still fits no new one.
  return { items, jti: proven ?? randomUUID(), target, pod: caller.bound };
}

function auditProperties(decided: Decided): { readonly [name: string]: JsonValue } {
  return {
    evidence: decided.target.digest,
    jti: decided.jti,
    releases: decided.items.map(({ item, decision }) => ({
      object: nameOf(item),
      ...unwrappedOf(item),
      ...(decision.kind === "granted"
        ? {
            result: "granted",
            version: decision.object.found.version.version,
            policies: decision.policies,
          }
        : { result: "denied", class: decision.class, reasons: decision.reasons }),
    })),
  };
}

// As Key Vault's audit log names it; where kinds are mixed, it has no name.
function operationOf(items: readonly ReleaseItem[]): string {
  const names = new Set(items.map((item) => releasableOf(item).operationName));
  const [name = ""] = names;
  return names.size === 1 ? name : "ObjectRelease";
}

function nameOf({ kind, name }: ReleaseItem): string {
  return `${kind}/${name}`;
}
