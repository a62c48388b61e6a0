// SPDX-License-Identifier: Apache-2.0
/** Replacing a secret's value by one that the vault makes: it is sealed first, and written if nothing has changed since. */

import type { DeriveSubkey } from "@strongroom/core";
import type { LedgerTransaction, RecordReader } from "../../ledger/ledger.ts";
import { generateValue } from "../../manage/generate-value.ts";
import type { DueQuestion } from "../../objects/policy-loop.ts";
import { type FoundVersion, isActive, readObject, readVersion } from "../../objects/read-object.ts";
import { toSeconds } from "../../vaults/to-seconds.ts";
import type { Vault } from "../../vaults/vault-record.ts";
import { type SecretMembers, secretType } from "../secret-type.ts";
import { type SealedSecret, sealSecret, writeSecret } from "../write-secret.ts";
import { type RotationRecord, readRotation, rotationDue } from "./rotation-record.ts";

/** What making values takes. */
export interface SecretMaker {
  readonly derive: (vault: Vault) => DeriveSubkey;
  readonly random: (bytes: number) => Promise<Uint8Array>;
}

/** The current version of a secret with the policy that replaces it. */
export interface Rotation {
  readonly found: FoundVersion<SecretMembers>;
  readonly policy: RotationRecord;
}

/** The current version, if its policy says that it is to be replaced now. One that somebody has disabled is left alone. */
export async function findDueRotation(
  reader: RecordReader,
  { vault, name, at }: DueQuestion,
): Promise<Rotation | undefined> {
  const policy = await readRotation(reader, vault, name);
  const object = await readObject(reader, vault, secretType, name);
  if (policy === undefined || !isActive(object) || object.managed) {
    return undefined;
  }
  const found = await readVersion(reader, vault, secretType, { object });
  const isDue = found?.version.enabled && rotationDue(policy, found.version) <= toSeconds(at);
  return found !== undefined && isDue ? { found, policy } : undefined;
}

/** Makes the next value and seals it for its place. */
export async function prepareRotation(
  { derive, random }: SecretMaker,
  vault: Vault,
  { found, policy }: Rotation,
): Promise<SealedSecret> {
  using value = await generateValue(random, policy.generate);
  return await sealSecret(derive(vault), vault, found.object.name, value.reveal());
}

/** Writes it as the current version, with what was said of the one before but for its times. */
export async function writeRotation(
  tx: LedgerTransaction,
  { vault, at }: Pick<DueQuestion, "vault" | "at">,
  { object, version }: FoundVersion<SecretMembers>,
  sealed: SealedSecret,
): Promise<FoundVersion<SecretMembers>> {
  const { contentType, tags } = version;
  const write = { vault, name: object.name, sealed, at };
  return await writeSecret(tx, { ...write, attributes: { contentType, tags } });
}
