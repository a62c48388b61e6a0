// SPDX-License-Identifier: Apache-2.0
/** One object of a full backup, sealed anew for the vault that it was in, and is to be restored into. */

import {
  decodeRecordBody,
  type JsonValue,
  openValue,
  type RecordKey,
  StrongroomError,
  verifyRecord,
} from "@strongroom/core";
import { Refusal } from "../audit/event.ts";
import { checkValue, describedValue } from "../ledger/verified-reads.ts";
import type { BackupKeys } from "../objects/backup/backup-keys.ts";
import type { BackupObject } from "../objects/backup/backup-records.ts";
import {
  type RestoreDeps,
  type RestoredObject,
  sealObject,
} from "../objects/backup/restore-backup.ts";
import { isErased } from "../objects/erased.ts";
import { maxBackupBytes, maxBackupVersions } from "../objects/limits.ts";
import { materialBinding } from "../objects/material.ts";
import { objectKey, objectRecordSchema, versionPrefix } from "../objects/object-record.ts";
import type { ObjectType } from "../objects/object-type.ts";
import { isActive } from "../objects/read-object.ts";
import { parseRecord, type Vault } from "../vaults/vault-record.ts";
import { decodeEntries } from "./entries.ts";
import { openStream } from "./sealed-stream.ts";

/** What it takes. */
export interface ReadObjectDeps extends RestoreDeps {
  readonly backupKeys: BackupKeys;
  /** MAC key of a scope's records. */
  readonly macKey: (scope: string) => Promise<Uint8Array>;
}

/** What is looked for. */
export interface WantedObject {
  readonly vault: Vault;
  readonly type: ObjectType;
  readonly name: string;
}

interface Found {
  readonly bodies: Map<string, JsonValue>;
  readonly values: Map<string, Uint8Array>;
}

/** Reads the whole backup for it. @throws {Refusal} `NotFound` if this vault had no such object then, `BadParameter` */
export async function readObjectOf(
  deps: ReadObjectDeps,
  wanted: WantedObject,
  stream: AsyncIterable<Uint8Array>,
): Promise<RestoredObject> {
  const { vault, type, name } = wanted;
  const { bodies, values } = await collect(deps, wanted, stream);
  const record = bodies.get(objectKey(vault.uid, type.kind, name).id);
  const object = record === undefined ? undefined : parseRecord(objectRecordSchema, record);
  if (!isActive(object)) {
    throw new Refusal(
      "NotFound",
      `the backup has no ${type.noun.toLowerCase()} ${name} of this vault`,
    );
  }
  const prefix = versionPrefix(type.kind, name);
  const versions = [...bodies].filter(([id, body]) => id.startsWith(prefix) && !isErased(body));
  const companions = type.companions(name.toLowerCase()).flatMap((id) => {
    const body = bodies.get(id);
    return body === undefined || isErased(body) ? [] : [[id, body] as const];
  });
  const materials: Uint8Array[] = [];
  try {
    for (const [id, body] of versions) {
      const sealed = values.get(id);
      if (sealed !== undefined) {
        materials.push(await openMaterial(deps, wanted, { id, body, sealed }));
      }
    }
    const restored: BackupObject = {
      ...{ kind: type.kind, object },
      versions: versions.map(([, body]) => body as BackupObject["versions"][number]),
      companions: Object.fromEntries(companions) as BackupObject["companions"],
    };
    return await sealObject(deps, { from: vault.uid, vault }, restored, [...materials]);
  } finally {
    for (const material of materials) {
      material.fill(0);
    }
  }
}

async function collect(
  { backupKeys, macKey }: ReadObjectDeps,
  { vault, type, name }: WantedObject,
  stream: AsyncIterable<Uint8Array>,
): Promise<Found> {
  const found: Found = { bodies: new Map(), values: new Map() };
  const ids = new Set([
    objectKey(vault.uid, type.kind, name).id,
    ...type.companions(name.toLowerCase()),
  ]);
  const prefix = versionPrefix(type.kind, name);
  const isWanted = ({ scope, id }: RecordKey) =>
    scope === vault.uid && (ids.has(id) || id.startsWith(prefix));
  let bytes = 0;
  for await (const { head, first, second } of decodeEntries(openStream(stream, backupKeys))) {
    if ((head.kind !== "record" && head.kind !== "value") || !isWanted(head)) {
      continue;
    }
    bytes += first.length;
    if (found.bodies.size > maxBackupVersions + ids.size || bytes > maxBackupBytes) {
      throw new Refusal("BadParameter", "the object has more than can be restored at once");
    }
    if (head.kind === "record") {
      const { scope, id, revision } = head;
      const row = { scope, id, revision, body: first, mac: second };
      verifyRecord(await macKey(scope), row);
      found.bodies.set(id, decodeRecordBody(first));
    } else {
      checkValue(head, first, describedValue(found.bodies.get(head.id) ?? null));
      found.values.set(head.id, first);
    }
  }
  return found;
}

interface SealedVersion {
  readonly id: string;
  readonly body: JsonValue;
  readonly sealed: Uint8Array;
}

async function openMaterial(
  { derive }: ReadObjectDeps,
  { vault, type, name }: WantedObject,
  { id, body, sealed }: SealedVersion,
): Promise<Uint8Array> {
  const { version, keyId = "" } = parseRecord(type.versionSchema, body);
  if (!id.endsWith(`/${version}`)) {
    throw new StrongroomError("StoreTampered", "a record names another version than its place");
  }
  const binding = materialBinding(vault.uid, { kind: type.kind, name, version }, keyId);
  using opened = await openValue(derive(vault), binding, sealed);
  return new Uint8Array(opened.reveal());
}
