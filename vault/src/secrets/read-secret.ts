// SPDX-License-Identifier: Apache-2.0
/** Reading one version of a secret: its records in the decision, its value afterwards. */

import {
  type DeriveSubkey,
  openValue,
  type RecordKey,
  type SecretBytes,
  StrongroomError,
} from "@strongroom/core";
import { Refusal } from "../audit/event.ts";
import type { Ledger, LedgerTransaction } from "../ledger/ledger.ts";
import {
  type ObjectRecord,
  readRecord,
  type Vault,
  type VersionRecord,
  versionKey,
  versionRecordSchema,
} from "./vault-record.ts";
import { readObject, valueBinding } from "./write-secret.ts";

/** A version that was found; its value is still sealed. */
export interface FoundSecret {
  readonly object: ObjectRecord;
  readonly version: VersionRecord;
  readonly key: RecordKey;
}

/** Finds a version, the current one by default. @throws {Refusal} `NotFound`, or `ObjectDisabled`. */
export async function findSecret(
  tx: Pick<LedgerTransaction, "read">,
  vault: Vault,
  name: string,
  version: string | undefined,
): Promise<FoundSecret> {
  const object = await readObject(tx, vault.uid, name);
  if (object === undefined || object.deleted !== null) {
    throw secretNotFound(name);
  }
  const key = versionKey(vault.uid, name, version ?? object.current);
  const record = await readRecord(tx, key, versionRecordSchema);
  if (record === undefined) {
    throw secretNotFound(name);
  }
  if (!record.enabled) {
    throw new Refusal("ObjectDisabled", `operation get is not allowed on a disabled secret`);
  }
  return { object, version: record, key };
}

/** What opening a value needs: the sealed bytes, and the vault's keys. */
export interface SecretOpener {
  readonly ledger: Pick<Ledger, "readValue">;
  readonly derive: (vault: Vault) => DeriveSubkey;
}

/** Opens what was found. A version's value never changes, so it may be read after the decision. */
export async function openSecret(
  { ledger, derive }: SecretOpener,
  vault: Vault,
  found: FoundSecret,
): Promise<SecretBytes> {
  const { object, version, key } = found;
  const sealed = await ledger.readValue(key);
  if (sealed === undefined) {
    throw new StrongroomError("StoreTampered", "a sealed value is missing");
  }
  const binding = valueBinding(vault.uid, object.name, version.version, version.keyId);
  return await openValue(derive(vault), binding, sealed);
}

/** The refusal for a name that is not there, in Key Vault's words. */
export function secretNotFound(name: string): Refusal {
  return new Refusal(
    "NotFound",
    `A secret with (name/id) ${name} was not found in this key vault.`,
  );
}
