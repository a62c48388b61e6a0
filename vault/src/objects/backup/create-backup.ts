// SPDX-License-Identifier: Apache-2.0
/** Making a backup of an object that the caller may back up: everything of it, sealed for its security domain. */

import type { DeriveSubkey, JsonValue } from "@strongroom/core";
import { Refusal } from "../../audit/event.ts";
import type { Ledger } from "../../ledger/ledger.ts";
import { allRecords } from "../../vaults/vault-directory.ts";
import { parseRecord, type Vault } from "../../vaults/vault-record.ts";
import { isErased } from "../erased.ts";
import { maxBackupBytes, maxBackupVersions } from "../limits.ts";
import { openMaterial } from "../material.ts";
import { type ObjectRecord, versionPrefix } from "../object-record.ts";
import type { ObjectType } from "../object-type.ts";
import { objectNotFound } from "../refusals.ts";
import { sealBackup } from "./backup-format.ts";
import type { BackupKeys } from "./backup-keys.ts";
import type { BackupObject, BackupRecords } from "./backup-records.ts";

/** What making backups takes. */
export interface BackupDeps {
  readonly ledger: Ledger;
  readonly derive: (vault: Vault) => DeriveSubkey;
  readonly backupKeys: BackupKeys;
}

/** An object that goes into a backup, as its record stood when it was decided. */
export interface BackupPart {
  readonly type: ObjectType;
  readonly object: ObjectRecord;
}

/** The backup of the parts. @throws {Refusal} `BadParameter` if it would be larger than what can be restored. */
export async function createBackup(
  deps: BackupDeps,
  vault: Vault,
  parts: readonly BackupPart[],
): Promise<Uint8Array> {
  const collected = new Collected();
  try {
    const objects: BackupObject[] = [];
    for (const part of parts) {
      objects.push(await collect(deps, vault, part, collected));
    }
    const records: BackupRecords = {
      vault: vault.uid,
      bound: isBound(vault) || parts.some(({ object }) => object.governed.length > 0),
      objects,
    };
    collected.add(JSON.stringify(records).length);
    const { keyBlob, derive } = await deps.backupKeys.current();
    const content = { records: records as unknown as JsonValue, materials: collected.materials };
    return await sealBackup(keyBlob, derive, content);
  } finally {
    collected.wipe();
  }
}

/** Material so far, within bounds. */
class Collected {
  readonly materials: Uint8Array[] = [];
  #bytes = 0;
  #versions = 0;

  /** @throws {Refusal} `BadParameter` beyond what can be restored. */
  add(bytes: number, material?: Uint8Array): void {
    if (material !== undefined) {
      this.materials.push(material);
    }
    this.#bytes += bytes;
    if (this.#bytes > maxBackupBytes) {
      throw tooLarge();
    }
  }

  countVersion(): void {
    this.#versions += 1;
    if (this.#versions > maxBackupVersions) {
      throw tooLarge();
    }
  }

  wipe(): void {
    for (const material of this.materials) {
      material.fill(0);
    }
  }
}

async function collect(
  deps: BackupDeps,
  vault: Vault,
  { type, object }: BackupPart,
  collected: Collected,
): Promise<BackupObject> {
  const { ledger } = deps;
  const versions: BackupObject["versions"] = [];
  let hasCurrent = false;
  for await (const { id, body } of allRecords(
    ledger,
    vault.uid,
    versionPrefix(type.kind, object.name),
  )) {
    const version = isErased(body) ? undefined : parseRecord(type.versionSchema, body);
    if (version === undefined || version.deleted !== undefined) {
      continue;
    }
    collected.countVersion();
    hasCurrent ||= version.version === object.current;
    versions.push(body as BackupObject["versions"][number]);
    if (version.valueDigest !== undefined) {
      const found = { object, version, key: { scope: vault.uid, id } };
      const material = await openMaterial(deps, vault, type, found);
      collected.add(material.length, material.reveal());
    }
  }
  // Purged since it was decided.
  if (!hasCurrent) {
    throw objectNotFound(type, object.name);
  }
  return {
    kind: type.kind,
    object,
    versions,
    companions: await companionsOf(deps, vault, type, object),
  };
}

async function companionsOf(
  { ledger }: BackupDeps,
  vault: Vault,
  type: ObjectType,
  { name }: ObjectRecord,
): Promise<BackupObject["companions"]> {
  const companions: BackupObject["companions"] = {};
  for (const id of type.companions(name.toLowerCase())) {
    const record = await ledger.read({ scope: vault.uid, id });
    if (record !== undefined && !isErased(record.body)) {
      companions[id] = record.body as BackupObject["companions"][string];
    }
  }
  return companions;
}

// Another vault would not ask for attestation, or has no charter.
function isBound({ release, chartered }: Vault): boolean {
  return release === "Required" || chartered === true;
}

function tooLarge(): Refusal {
  return new Refusal(
    "BadParameter",
    `the backup would be larger than what can be restored: ${maxBackupVersions} versions, ${maxBackupBytes} bytes`,
  );
}
