// SPDX-License-Identifier: Apache-2.0
/** Whether a key's current version is due for what its rotation policy says. */

import type { LedgerReader } from "../ledger/ledger.ts";
import type { DueQuestion } from "../objects/policy-loop.ts";
import { isActive, readObject, readVersion } from "../objects/read-object.ts";
import { toSeconds } from "../vaults/to-seconds.ts";
import { type FoundKey, keyKind } from "./key-kind.ts";
import { readRotationPolicy } from "./rotate-key.ts";
import { notificationDue, type RotationPolicy, rotationDue } from "./rotation-policy.ts";

/** The current version, if it is to be replaced now. A certificate's key is renewed with the certificate alone. */
export async function findRotationDue(
  reader: LedgerReader,
  question: DueQuestion,
): Promise<FoundKey | undefined> {
  return await findDue(reader, question, (policy, { version }) => rotationDue(policy, version));
}

/** The current version, if its expiry is to be announced now and was not yet. */
export async function findNotificationDue(
  reader: LedgerReader,
  question: DueQuestion,
): Promise<FoundKey | undefined> {
  return await findDue(reader, question, (policy, { version }) =>
    version.notifiedExp === version.exp ? undefined : notificationDue(policy, version),
  );
}

async function findDue(
  reader: LedgerReader,
  { vault, name, at }: DueQuestion,
  due: (policy: RotationPolicy, found: FoundKey) => number | undefined,
): Promise<FoundKey | undefined> {
  const [policy, object] = [
    await readRotationPolicy(reader, vault, name),
    await readObject(reader, vault, keyKind, name),
  ];
  if (policy === undefined || !isActive(object) || object.managed) {
    return undefined;
  }
  const found = await readVersion(reader, vault, keyKind, { object });
  if (found === undefined || !found.version.enabled) {
    return undefined;
  }
  const instant = due(policy, found);
  return instant !== undefined && instant <= toSeconds(at) ? found : undefined;
}
