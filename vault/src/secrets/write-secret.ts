// SPDX-License-Identifier: Apache-2.0
/** Writing a new version of a secret: the value is sealed before the transaction, and bound to the version. */

import { randomBytes } from "node:crypto";
import { type DeriveSubkey, sealValue, sha256, toHex } from "@strongroom/core";
import { Refusal } from "../audit/event.ts";
import { dataKeyId } from "../installation/scope-keys.ts";
import type { LedgerTransaction } from "../ledger/ledger.ts";
import { selectingPolicies, unite } from "./governance.ts";
import {
  type ObjectRecord,
  objectRecordSchema,
  readRecord,
  secretKey,
  type Vault,
  type VersionRecord,
  versionKey,
} from "./vault-record.ts";

/** What a writer says of a version besides its value. */
export interface VersionAttributes {
  readonly enabled?: boolean | undefined;
  readonly nbf?: number | undefined;
  readonly exp?: number | undefined;
  readonly contentType?: string | undefined;
  readonly tags?: Readonly<Record<string, string>> | undefined;
}

/** A version whose value is sealed for its place and not yet written. */
export interface SealedVersion {
  readonly version: string;
  readonly sealed: Uint8Array;
}

/** A written version with its object. */
export interface WrittenSecret {
  readonly object: ObjectRecord;
  readonly version: VersionRecord;
}

/** Seals `value` (the caller still owns it) as a new version of the secret. */
export async function sealVersion(
  derive: DeriveSubkey,
  vault: Vault,
  name: string,
  value: Uint8Array,
): Promise<SealedVersion> {
  const version = toHex(randomBytes(16));
  const sealed = await sealValue(derive, valueBinding(vault.uid, name, version, dataKeyId), value);
  return { version, sealed };
}

/** What a secret's value is bound to. */
export function valueBinding(vaultUid: string, name: string, version: string, keyId: string) {
  return { scope: vaultUid, kind: "secrets", name: name.toLowerCase(), version, keyId } as const;
}

/** Reads a secret's object record. */
export async function readObject(
  tx: Pick<LedgerTransaction, "read">,
  vaultUid: string,
  name: string,
): Promise<ObjectRecord | undefined> {
  return await readRecord(tx, secretKey(vaultUid, name), objectRecordSchema);
}

/** Everything that a write needs. */
export interface SecretWrite {
  readonly vault: Vault;
  readonly name: string;
  readonly sealed: SealedVersion;
  readonly attributes: VersionAttributes;
  readonly at: Date;
  readonly owner?: string;
}

/** Writes the sealed version and makes it current. @throws {Refusal} `ObjectIsDeletedButRecoverable` while the name is soft-deleted. */
export async function writeVersion(
  tx: LedgerTransaction,
  write: SecretWrite,
): Promise<WrittenSecret> {
  const { vault, name, sealed } = write;
  const existing = await readObject(tx, vault.uid, name);
  if (existing?.deleted) {
    throw new Refusal(
      "ObjectIsDeletedButRecoverable",
      `Secret ${existing.name} is currently in a deleted but recoverable state, and its name cannot be reused; in this state, the secret can only be recovered or purged.`,
    );
  }
  const version = toVersionRecord(write);
  const object = await nextObject(tx, write, existing);
  const key = versionKey(vault.uid, name, sealed.version);
  await tx.put(key, { ...version });
  await tx.putValue(key, sealed.sealed);
  await tx.put(secretKey(vault.uid, name), { ...object });
  return { object, version };
}

async function nextObject(
  tx: LedgerTransaction,
  write: SecretWrite,
  existing: ObjectRecord | undefined,
): Promise<ObjectRecord> {
  const now = toSeconds(write.at);
  const selecting = await selectingPolicies(tx, write.vault.uid, write.name);
  return {
    name: existing?.name ?? write.name,
    current: write.sealed.version,
    count: (existing?.count ?? 0) + 1,
    created: existing?.created ?? now,
    updated: now,
    deleted: null,
    governed: unite(existing?.governed ?? [], selecting),
    owner: existing?.owner ?? write.owner ?? null,
  };
}

function toVersionRecord({ sealed, attributes, at }: SecretWrite): VersionRecord {
  const { enabled, nbf, exp, contentType, tags } = attributes;
  return {
    version: sealed.version,
    created: toSeconds(at),
    updated: toSeconds(at),
    enabled: enabled ?? true,
    ...(nbf === undefined ? {} : { nbf }),
    ...(exp === undefined ? {} : { exp }),
    ...(contentType === undefined ? {} : { contentType }),
    ...(tags === undefined ? {} : { tags: { ...tags } }),
    valueDigest: toHex(sha256(sealed.sealed)),
    keyId: dataKeyId,
  };
}

/** Seconds since the epoch, Key Vault's IntDate. */
export function toSeconds(at: Date): number {
  return Math.floor(at.getTime() / 1000);
}
