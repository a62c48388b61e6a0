// SPDX-License-Identifier: Apache-2.0
/** Rotates keys when their policies say so, and records that a key is near its expiry. */

import { isDeepStrictEqual } from "node:util";
import type { JsonValue } from "@strongroom/core";
import { systemEvent } from "../audit/event.ts";
import type { Ledger, LedgerTransaction } from "../ledger/ledger.ts";
import {
  type DueQuestion,
  followPolicies,
  lookAtPolicies,
  type PolicyLoop,
  type PolicyLoopDeps,
} from "../objects/policy-loop.ts";
import { updateVersion } from "../objects/update-version.ts";
import { findNotificationDue, findRotationDue } from "./find-due.ts";
import { type FoundKey, rotationPolicyRecord } from "./key-kind.ts";
import type { KeyMakerDeps } from "./prepare-key.ts";
import { prepareRotation, writeRotation } from "./rotate-key.ts";

/** What the loop works with. */
export interface RotationDeps extends KeyMakerDeps, PolicyLoopDeps {
  readonly ledger: Ledger;
}

/** Looks at every policy until the signal aborts. */
export async function rotateKeys(deps: RotationDeps, signal: AbortSignal): Promise<void> {
  await followPolicies(deps, policiesOf(deps), signal);
}

/** One look at every policy of every vault. */
export async function rotateOnce(deps: RotationDeps, signal: AbortSignal): Promise<void> {
  await lookAtPolicies(deps, policiesOf(deps), signal);
}

function policiesOf(deps: RotationDeps): PolicyLoop {
  const prefix = rotationPolicyRecord("");
  return { noun: "key", prefix, attend: (question) => keepKey(deps, question) };
}

async function keepKey(deps: RotationDeps, question: DueQuestion): Promise<void> {
  const found = await findRotationDue(deps.ledger, question);
  if (found !== undefined) {
    await rotate(deps, question, found);
  }
  if ((await findNotificationDue(deps.ledger, question)) !== undefined) {
    await notify(deps, question);
  }
}

async function rotate(deps: RotationDeps, question: DueQuestion, due: FoundKey): Promise<void> {
  const { vault, at } = question;
  const prepared = await prepareRotation(deps, vault, due);
  await recorded(deps, "KeyRotateIfDue", question, async (tx) => {
    // Somebody may have rotated, changed or deleted it while the next version was made of it: the next look makes another.
    const found = await findRotationDue(tx, question);
    if (found === undefined || !isDeepStrictEqual(found.version, due.version)) {
      return { skipped: true };
    }
    const { version } = (await writeRotation(tx, vault, found, { prepared, at })).version;
    return { version, previous: due.version.version };
  });
}

async function notify(deps: RotationDeps, question: DueQuestion): Promise<void> {
  await recorded(deps, "KeyNearExpiryEventGridNotification", question, async (tx) => {
    const found = await findNotificationDue(tx, question);
    if (found === undefined) {
      return { skipped: true };
    }
    const { version, exp } = found.version;
    const own = { notifiedExp: exp };
    await updateVersion(tx, found, { attributes: {}, own, at: question.at });
    return { version, exp: exp ?? null };
  });
}

async function recorded(
  { ledger }: RotationDeps,
  operationName: string,
  { vault, name, at }: DueQuestion,
  work: (tx: LedgerTransaction) => Promise<Readonly<Record<string, JsonValue>>>,
): Promise<void> {
  await ledger.commit(async (tx) => {
    const properties = { vault: vault.uid, name, ...(await work(tx)) };
    return { event: systemEvent(operationName, at, properties), result: undefined };
  });
}
