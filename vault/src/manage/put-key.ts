// SPDX-License-Identifier: Apache-2.0
/** Keys that a resource asks for: made once in the vault, and what is said about them kept. */

import { attributesOf } from "../http/objects/object-wire.ts";
import { type FoundKey, keyKind } from "../keys/key-kind.ts";
import { planNewKey, type WireNewKey } from "../keys/plan-key.ts";
import { generateKey, type KeyMakerDeps, type PreparedKey } from "../keys/prepare-key.ts";
import { readRotationPolicy, rotationPolicyKey } from "../keys/rotate-key.ts";
import { rotationPolicyOf, type WireRotationPolicy } from "../keys/rotation-policy.ts";
import { updateKey, writeKey } from "../keys/write-key.ts";
import type { LedgerTransaction, RecordReader } from "../ledger/ledger.ts";
import { erased } from "../objects/erased.ts";
import { findVersion } from "../objects/read-object.ts";
import { toSeconds } from "../vaults/to-seconds.ts";
import { type DesiredTarget, findOwn, isFree, notFree, type PutDesired } from "./desired-object.ts";
import { desiredKey, readDesired, toDesiredRecord } from "./desired-record.ts";

/** A key as its resource wants it, in Key Vault's words. */
export interface DesiredKey extends DesiredTarget {
  readonly key: WireNewKey & Parameters<typeof attributesOf>[0];
  readonly rotationPolicy: WireRotationPolicy | undefined;
}

/** Makes the key where there is none yet. @throws {StrongroomError} `BadParameter` if there can be no such key */
export async function prepareDesiredKey(
  deps: KeyMakerDeps & { readonly ledger: RecordReader },
  desired: DesiredKey,
): Promise<PreparedKey | undefined> {
  return (await isFree(deps.ledger, keyKind, desired))
    ? await generateKey(deps, planNewKey(desired.vault, desired.name, desired.key), undefined)
    : undefined;
}

/** Writes the key, or what is said about it. @throws {Refusal} `NameInUse`, `PolicyImmutable`, `BadParameter` */
export async function putKey(
  tx: LedgerTransaction,
  desired: DesiredKey,
  prepared: PreparedKey | undefined,
): Promise<PutDesired> {
  const { vault, name } = desired;
  const existing = await findOwn(tx, keyKind, desired);
  const { object } =
    existing === undefined
      ? await makeKey(tx, desired, prepared)
      : await findVersion(tx, vault, keyKind, { name });
  const wish = wishOf(desired);
  if ((await readDesired(tx, vault.uid, "keys", name))?.digest !== wish.digest) {
    if (existing !== undefined) {
      await changeKey(tx, desired);
    }
    await putRotation(tx, desired);
    await tx.put(desiredKey(vault.uid, "keys", name), { ...wish });
  }
  return { name: object.name, version: object.current, created: existing === undefined };
}

async function makeKey(
  tx: LedgerTransaction,
  desired: DesiredKey,
  prepared: PreparedKey | undefined,
): Promise<FoundKey> {
  if (prepared === undefined) {
    throw await notFree(tx, keyKind, desired);
  }
  const { vault, name, owner, at, key } = desired;
  const write = { vault, name, owner, at, prepared, attributes: attributesOf(key) };
  const made = await writeKey(tx, "create", write);
  // A key of this name that was purged may have had another resource, which said the same.
  await tx.put(desiredKey(vault.uid, "keys", name), { owner, digest: "" });
  return made;
}

async function changeKey(tx: LedgerTransaction, { vault, name, at, key }: DesiredKey) {
  const found = await findVersion(tx, vault, keyKind, { name });
  const { nbf: _, exp: __, tags: ___, ...version } = found.version;
  await updateKey(tx, { ...found, version }, { wire: key, attributes: attributesOf(key), at });
}

async function putRotation(
  tx: LedgerTransaction,
  { vault, name, at, rotationPolicy }: DesiredKey,
): Promise<void> {
  const known = await readRotationPolicy(tx, vault, name);
  if (rotationPolicy !== undefined) {
    const policy = rotationPolicyOf(rotationPolicy, toSeconds(at), known);
    await tx.put(rotationPolicyKey(vault, name), { ...policy });
  } else if (known !== undefined) {
    await tx.put(rotationPolicyKey(vault, name), erased);
  }
}

function wishOf({ owner, key, rotationPolicy }: DesiredKey) {
  return toDesiredRecord(owner, { key, rotationPolicy });
}
