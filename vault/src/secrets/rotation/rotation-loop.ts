// SPDX-License-Identifier: Apache-2.0
/** Rotates secrets when their policies say so: one new version for a due date, however long the vault was away. */

import { systemEvent } from "../../audit/event.ts";
import type { Ledger } from "../../ledger/ledger.ts";
import {
  type DueQuestion,
  followPolicies,
  lookAtPolicies,
  type PolicyLoop,
  type PolicyLoopDeps,
} from "../../objects/policy-loop.ts";
import { rotationPolicyId } from "../secret-type.ts";
import {
  findDueRotation,
  prepareRotation,
  type SecretMaker,
  writeRotation,
} from "./rotate-secret.ts";

/** What the loop works with. */
export interface RotationLoopDeps extends SecretMaker, PolicyLoopDeps {
  readonly ledger: Ledger;
}

/** Looks at every policy until the signal aborts. */
export async function rotateSecrets(deps: RotationLoopDeps, signal: AbortSignal): Promise<void> {
  await followPolicies(deps, policiesOf(deps), signal);
}

/** One look at every policy of every vault. */
export async function rotateDueSecrets(deps: RotationLoopDeps, signal: AbortSignal): Promise<void> {
  await lookAtPolicies(deps, policiesOf(deps), signal);
}

function policiesOf(deps: RotationLoopDeps): PolicyLoop {
  const prefix = rotationPolicyId("");
  return { noun: "secret", prefix, attend: (question) => rotateIfDue(deps, question) };
}

async function rotateIfDue(deps: RotationLoopDeps, question: DueQuestion): Promise<void> {
  const due = await findDueRotation(deps.ledger, question);
  if (due === undefined) {
    return;
  }
  const { vault, name, at } = question;
  const previous = due.found.version.version;
  const sealed = await prepareRotation(deps, vault, due);
  await deps.ledger.commit(async (tx) => {
    // Somebody may have set, disabled or deleted it while the value was made.
    const now = await findDueRotation(tx, question);
    const isSame = now?.found.version.version === previous;
    if (now !== undefined && isSame) {
      await writeRotation(tx, question, now.found, sealed);
    }
    const outcome = isSame ? { version: sealed.version, previous } : { skipped: true };
    const properties = { vault: vault.uid, name, ...outcome };
    return { event: systemEvent("SecretRotateIfDue", at, properties), result: undefined };
  });
}
