// SPDX-License-Identifier: Apache-2.0
/** Rotating a key: a new version of the same kind, with the lifetime that the key's policy gives. */

import type { RecordKey } from "@strongroom/core";
import { Refusal } from "../audit/event.ts";
import type { LedgerTransaction, RecordReader } from "../ledger/ledger.ts";
import { readLive } from "../objects/erased.ts";
import { toSeconds } from "../vaults/to-seconds.ts";
import type { Vault } from "../vaults/vault-record.ts";
import { type FoundKey, rotationPolicyRecord } from "./key-kind.ts";
import { generateKey, type KeyMakerDeps, type PreparedKey } from "./prepare-key.ts";
import { expiryOf, type RotationPolicy, rotationPolicySchema } from "./rotation-policy.ts";
import { writeKey } from "./write-key.ts";

/** Key of a key's rotation policy. */
export const rotationPolicyKey = (vault: Vault, name: string): RecordKey => ({
  scope: vault.uid,
  id: rotationPolicyRecord(name),
});

/** A key's rotation policy, or nothing where none was set. */
export async function readRotationPolicy(
  reader: RecordReader,
  vault: Vault,
  name: string,
): Promise<RotationPolicy | undefined> {
  return await readLive(reader, rotationPolicyKey(vault, name), rotationPolicySchema);
}

/** @throws {Refusal} `ObjectDisabled`: a disabled key is not brought back by rotating it. */
export function requireRotatable({ version }: FoundKey): void {
  if (!version.enabled) {
    throw new Refusal("ObjectDisabled", "operation rotate is not allowed on a disabled key");
  }
}

/** Makes the next version's material. */
export async function prepareRotation(
  deps: KeyMakerDeps,
  vault: Vault,
  { object, version }: FoundKey,
): Promise<PreparedKey> {
  const { type, protection, exportable, releasePolicy } = version;
  // In the HSM with all that the first blob permits, so that a change of key_ops stays possible.
  const operations = version.hsmOperations ?? version.operations;
  const plan = { vault, name: object.name, type, protection, operations, exportable };
  const prepared = await generateKey(deps, { ...plan, releasePolicy }, undefined);
  return { ...prepared, own: { ...prepared.own, operations: version.operations } };
}

/** Writes it. @throws {Refusal} `ObjectManaged` where a certificate is behind the key. */
export async function writeRotation(
  tx: LedgerTransaction,
  vault: Vault,
  { object, version }: FoundKey,
  { prepared, at }: { readonly prepared: PreparedKey; readonly at: Date },
): Promise<FoundKey> {
  const policy = await readRotationPolicy(tx, vault, object.name);
  const attributes = { exp: expiryOf(policy ?? {}, toSeconds(at)), tags: version.tags };
  return await writeKey(tx, "rotate", { vault, name: object.name, prepared, attributes, at });
}
