// SPDX-License-Identifier: Apache-2.0
/** Release of one object on a route of its own: decided as in a batch, refused with an error where it is denied. */

import type { ReleaseFacts } from "@strongroom/api";
import type { JsonValue, ReferenceValues } from "@strongroom/core";
import { decideWithHead, recordUndone, refuse } from "../audit/decide.ts";
import { Refusal } from "../audit/event.ts";
import type { Ledger, LedgerTransaction } from "../ledger/ledger.ts";
import { roleAssignments } from "../vaults/access.ts";
import { toSeconds } from "../vaults/to-seconds.ts";
import type { TargetKey } from "./attestation-token/key-of-target.ts";
import { settleTarget } from "./attestation-token/settle-target.ts";
import type { VerifiedTarget } from "./attestation-token/verified-target.ts";
import type { VerifyTarget } from "./attestation-token/verify-target.ts";
import { decideItem, type ItemDecision, missingRight } from "./decide-item.ts";
import { signReceipt } from "./receipt/sign-receipt.ts";
import {
  type AskedObject,
  type FoundObject,
  type Releasable,
  releasableOf,
  unwrappedOf,
} from "./releasable.ts";
import { type ReleaseRequestParts, requireBinding } from "./require-binding.ts";
import type { StatementDeps } from "./sign-statement.ts";

/** What deciding works with. */
export interface ObjectReleaseDeps extends StatementDeps {
  readonly ledger: Ledger;
  readonly verifyTarget: VerifyTarget;
  /** Reference values of the attestation authority, as they stand now. */
  readonly references: () => ReferenceValues;
}

/** A request for one object. */
export interface ObjectRelease extends ReleaseRequestParts {
  readonly asked: AskedObject;
  /** The key of the token that is encrypted to. @throws {Refusal} where it has none. */
  readonly keyOf: (target: VerifiedTarget) => TargetKey;
  /** What the leaf says besides. */
  readonly properties?: { readonly [name: string]: JsonValue };
}

/** An object that may leave, to the holder of the target's keys. */
export interface GrantedObject {
  readonly object: FoundObject;
  readonly target: VerifiedTarget;
  readonly to: TargetKey;
  /** Id of the proof of possession, where the token asks for one. */
  readonly jti: string | undefined;
}

/** The answer, and the receipt of it. */
export interface Released<T> {
  readonly answer: T;
  readonly receipt: string;
}

/**
 * Decides, records under a signed head, and answers.
 *
 * @param answer Makes what leaves; where it fails, a leaf says so.
 * @throws {Refusal} whatever denies the object; the reason is in the audit log.
 */
export async function releaseObject<T>(
  deps: ObjectReleaseDeps,
  call: ObjectRelease,
  answer: (granted: GrantedObject) => Promise<T>,
): Promise<Released<T>> {
  const { context, vault, asked, origin } = call;
  const { operationName } = releasableOf(asked);
  const id = `${origin}/${asked.kind}/${asked.name}`;
  const target = await settleTarget(deps, call.token, context.at);
  const { result, log, index, head, proof } = await decideWithHead(deps.ledger, {
    ...{ context, operationName },
    properties: {
      ...{ vault: vault.uid, vaultName: vault.name, id },
      ...{ ...unwrappedOf(asked), ...call.properties },
    },
    work: async (tx) => {
      const { policies, ...granted } = await decide(tx, deps.references(), call, target());
      const { version } = granted.object.found.version;
      const released = { version, policies: [...policies], evidence: granted.target.digest };
      return { result: { granted, released }, properties: released };
    },
  });
  try {
    const facts = factsOf(call, operationName, result.released);
    const receipt = await signReceipt(deps, facts, { head, proof }, context.at);
    return { answer: await answer(result.granted), receipt };
  } catch (error) {
    const properties = { vault: vault.uid, undone: { log, index } };
    await recordUndone(deps.ledger, { context, operationName, properties }, error);
    throw error;
  }
}

// The same as the leaf says: a receipt that is made again from it differs in its head and its proof alone.
function factsOf(
  { context, vault, asked, origin }: ObjectRelease,
  operation: string,
  {
    version,
    policies,
    evidence,
  }: Pick<ReleaseFacts, "policies" | "evidence"> & {
    readonly version: string;
  },
): ReleaseFacts {
  const { principal, bound } = context.caller;
  return {
    ...{ operation, policies, evidence },
    released: toSeconds(context.at),
    vault: { uid: vault.uid, name: vault.name },
    object: `${origin}/${asked.kind}/${asked.name}/${version}`,
    ...unwrappedOf(asked),
    identity: { issuer: principal.issuer, subject: principal.subject },
    ...(bound === undefined ? {} : { pod: { uid: bound.podUid } }),
  };
}

/** Refuses who has no right to it, before anything else is looked at. @throws {Refusal} `Forbidden` */
export async function requireReleaseRight(
  { ledger }: Pick<ObjectReleaseDeps, "ledger">,
  { context, vault }: Pick<ReleaseRequestParts, "context" | "vault">,
  releasable: Releasable,
  name: string,
): Promise<void> {
  const assignments = await roleAssignments(ledger, vault);
  const refusal = missingRight({ assignments, caller: context.caller }, releasable, name);
  if (refusal !== undefined) {
    const { operationName } = releasable;
    await refuse(ledger, { context, operationName }, refusal);
  }
}

async function decide(
  tx: LedgerTransaction,
  references: ReferenceValues,
  call: ObjectRelease,
  target: VerifiedTarget,
): Promise<GrantedObject & { readonly policies: readonly string[] }> {
  const { vault, context, asked } = call;
  const jti = await requireBinding(tx, call, target);
  const assignments = await roleAssignments(tx, vault);
  const { caller, at } = context;
  const requester = { vault, caller, assignments, target, at, references };
  const decision = await decideItem(tx, requester, asked);
  if (decision.kind === "denied") {
    throw toRefusal(decision);
  }
  const { object, policies } = decision;
  return { object, target, to: call.keyOf(target), jti, policies };
}

// The caller is told the class; which condition refused is for the audit log.
function toRefusal({ refusal, reasons }: Extract<ItemDecision, { kind: "denied" }>): Refusal {
  const code = refusal instanceof Refusal ? refusal.keyVaultCode : undefined;
  const hidden = reasons.filter((reason) => reason !== refusal.message);
  return new Refusal(refusal.code, refusal.message, { reasons: hidden }, code);
}
