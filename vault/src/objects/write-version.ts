// SPDX-License-Identifier: Apache-2.0
/** Writing a new version of an object and making it the current one. */

import { type JsonValue, sha256, toHex } from "@strongroom/core";
import type { LedgerTransaction } from "../ledger/ledger.ts";
import { toSeconds } from "../vaults/to-seconds.ts";
import type { Vault } from "../vaults/vault-record.ts";
import { selectingPolicies } from "./governance.ts";
import type { SealedMaterial } from "./material.ts";
import { type ObjectRecord, objectKey, versionKey } from "./object-record.ts";
import type { ObjectType, VersionOf } from "./object-type.ts";
import { type FoundVersion, isActive, readObject, requireObject } from "./read-object.ts";
import { nameIsDeleted } from "./refusals.ts";
import { unite } from "./selector.ts";

/** What a writer says of a version of any kind. Times are seconds since the epoch. */
export interface VersionAttributes {
  readonly enabled?: boolean | undefined;
  readonly nbf?: number | undefined;
  readonly exp?: number | undefined;
  readonly tags?: Readonly<Record<string, string>> | undefined;
}

/** A version to write. */
export interface VersionWrite<Own extends object> {
  readonly vault: Vault;
  readonly name: string;
  /** Id that the material is sealed for. */
  readonly version: string;
  readonly material?: SealedMaterial | undefined;
  readonly attributes: VersionAttributes;
  /** The kind's own members. */
  readonly own: Own;
  readonly at: Date;
  /** Uid of the resource that makes it; kept where the object exists. */
  readonly owner?: string | undefined;
  /** Whether a certificate is behind it; kept where the object exists. */
  readonly managed?: boolean | undefined;
}

/** Writes the version and makes it current. @throws {Refusal} `ObjectIsDeletedButRecoverable`, or `ObjectIsBeingDeleted`, while the name is. */
export async function writeVersion<Own extends object>(
  tx: LedgerTransaction,
  type: ObjectType<Own>,
  write: VersionWrite<Own>,
): Promise<FoundVersion<Own>> {
  const { vault, name } = write;
  const existing = await readObject(tx, vault, type, name);
  if (existing !== undefined && existing.deleted !== null) {
    throw nameIsDeleted(type, existing);
  }
  const object = await nextObject(tx, type, write, existing);
  const written = await putVersion(tx, type, write);
  await tx.put(objectKey(vault.uid, type.kind, name), { ...object });
  return { object, ...written };
}

/** Writes a version of an object that is there, and leaves the current version as it is. @throws {Refusal} `NotFound`. */
export async function addVersion<Own extends object>(
  tx: LedgerTransaction,
  type: ObjectType<Own>,
  write: VersionWrite<Own>,
): Promise<FoundVersion<Own>> {
  const object = await requireObject(tx, write.vault, type, write.name);
  return { object, ...(await putVersion(tx, type, write)) };
}

async function putVersion<Own extends object>(
  tx: LedgerTransaction,
  type: ObjectType<Own>,
  write: VersionWrite<Own>,
): Promise<Omit<FoundVersion<Own>, "object">> {
  const { vault, name, material } = write;
  const version = toVersionRecord(write);
  const key = versionKey(vault.uid, { kind: type.kind, name, version: write.version });
  await tx.put(key, { ...version } as JsonValue);
  if (material !== undefined) {
    await tx.putValue(key, material.sealed);
  }
  return { version, key };
}

async function nextObject(
  tx: LedgerTransaction,
  { kind }: ObjectType,
  write: VersionWrite<object>,
  known: ObjectRecord | undefined,
): Promise<ObjectRecord> {
  const now = toSeconds(write.at);
  // A tombstone is another object of the same name, but for what governs it.
  const existing = isActive(known) ? known : undefined;
  const managed = existing?.managed ?? write.managed ?? false;
  const selecting = await selectingPolicies(tx, write.vault.uid, { kind, managed }, write.name);
  return {
    name: existing?.name ?? write.name,
    current: write.version,
    count: (existing?.count ?? 0) + 1,
    created: existing?.created ?? now,
    updated: now,
    deleted: null,
    governed: unite(known?.governed ?? [], selecting),
    owner: existing?.owner ?? write.owner ?? null,
    managed,
    deletedVersions: existing?.deletedVersions ?? 0,
    purged: null,
  };
}

function toVersionRecord<Own extends object>({
  version,
  material,
  attributes,
  own,
  at,
}: VersionWrite<Own>): VersionOf<Own> {
  const { enabled, nbf, exp, tags } = attributes;
  return {
    ...own,
    version,
    created: toSeconds(at),
    updated: toSeconds(at),
    enabled: enabled ?? true,
    ...(nbf === undefined ? {} : { nbf }),
    ...(exp === undefined ? {} : { exp }),
    ...(tags === undefined ? {} : { tags: { ...tags } }),
    ...(material === undefined
      ? {}
      : { valueDigest: toHex(sha256(material.sealed)), keyId: material.keyId }),
  };
}
