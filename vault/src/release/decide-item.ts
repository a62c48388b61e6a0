// SPDX-License-Identifier: Apache-2.0
/** Decides one object of a release: role, object, and every policy that governs it; all must allow. */

import type { DenialClass } from "@strongroom/api";
import { isStrongroomError, type ReferenceValues, type StrongroomError } from "@strongroom/core";
import { Refusal } from "../audit/event.ts";
import type { RecordReader } from "../ledger/ledger.ts";
import { type Assignments, isAllowed, type RoleHolder } from "../vaults/access.ts";
import type { Vault } from "../vaults/vault-record.ts";
import type { VerifiedTarget } from "./attestation-token/verified-target.ts";
import { decidePolicies, type PolicyQuestion } from "./decide-policies.ts";
import {
  type AskedObject,
  type FoundObject,
  governedBy,
  type OwnPolicy,
  ownPolicyOf,
  type Releasable,
  releasableOf,
} from "./releasable.ts";

/** What was decided about one object. `reasons` and `policies` are for the audit log, not for the caller. */
export type ItemDecision =
  | {
      readonly kind: "granted";
      readonly object: FoundObject;
      readonly policies: readonly string[];
    }
  | {
      readonly kind: "denied";
      readonly class: DenialClass;
      readonly reasons: readonly string[];
      /** What who asks for this object alone is told. */
      readonly refusal: StrongroomError;
    };

/** Who asks, with which roles, from which environment. */
export interface ReleaseRequester extends ReleaseEnvironment {
  readonly caller: RoleHolder;
  readonly assignments: Assignments;
}

/** What an object would be released to. */
export interface ReleaseEnvironment {
  readonly vault: Vault;
  readonly target: VerifiedTarget;
  readonly at: Date;
  /** Of the attestation authority, as they stand now. */
  readonly references: ReferenceValues;
}

/** Classes of refusals that the objects themselves make. */
const classes: Partial<Record<StrongroomError["code"], DenialClass>> = {
  NotFound: "NotFound",
  ObjectDisabled: "Disabled",
  OperationNotPermitted: "Forbidden",
  BadParameter: "CannotUnwrap",
  PolicyDenied: "PolicyDenied",
};

/** Decides; never throws for a denial. */
export async function decideItem(
  tx: RecordReader,
  requester: ReleaseRequester,
  item: AskedObject,
): Promise<ItemDecision> {
  const forbidden = missingRight(requester, releasableOf(item), item.name);
  return forbidden === undefined
    ? await decideObject(tx, requester, item)
    : denied("Forbidden", forbidden, "no role allows it");
}

/** The same for whoever has the role. */
export async function decideObject(
  tx: RecordReader,
  requester: ReleaseEnvironment,
  item: AskedObject,
): Promise<ItemDecision> {
  try {
    const object = await releasableOf(item).find(tx, requester.vault, item);
    return await decideFound(tx, requester, object);
  } catch (error) {
    const known = isStrongroomError(error) ? classes[error.code] : undefined;
    if (!isStrongroomError(error) || known === undefined) {
      throw error;
    }
    return denied(known, error, error.message);
  }
}

/** What is said to who lacks a right that a release of the object needs; nothing where all are there. */
export function missingRight(
  { assignments, caller }: Pick<ReleaseRequester, "assignments" | "caller">,
  { needs }: Releasable,
  name: string,
): Refusal | undefined {
  const missing = needs(name).find(
    (right) => !isAllowed(assignments, caller, { ...right, via: "release" }),
  );
  return missing === undefined
    ? undefined
    : new Refusal(
        "Forbidden",
        `caller is not authorized to perform ${missing.action} on this resource`,
      );
}

/** What policies are asked about an object. */
export function policyQuestion(
  { vault, target, at, references }: ReleaseEnvironment,
  object: FoundObject,
  own: OwnPolicy | undefined,
): PolicyQuestion {
  const { kind, found } = object;
  const { name, managed } = found.object;
  const about = { object: { kind, name, managed }, governed: governedBy(object), own };
  return { vault, target, at, references, ...about };
}

async function decideFound(
  tx: RecordReader,
  environment: ReleaseEnvironment,
  object: FoundObject,
): Promise<ItemDecision> {
  const question = policyQuestion(environment, object, ownPolicyOf(object));
  const answer = await decidePolicies(tx, question);
  if (answer.kind === "allowed") {
    return { kind: "granted", object, policies: answer.digests };
  }
  const refusal = new Refusal("PolicyDenied", "the release policy does not allow this environment");
  return denied("PolicyDenied", refusal, ...answer.reasons);
}

function denied(
  kind: DenialClass,
  refusal: StrongroomError,
  ...reasons: readonly string[]
): ItemDecision {
  return { kind: "denied", class: kind, reasons, refusal };
}
