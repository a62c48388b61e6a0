// SPDX-License-Identifier: Apache-2.0
/** Settings of a vault, by Managed HSM's names. */

import { z } from "zod";
import { Refusal } from "../audit/event.ts";
import type { LedgerTransaction, RecordReader } from "../ledger/ledger.ts";
import { readRecord, type Vault } from "./vault-record.ts";

/**
 * Whether the resource manager may make keys. In Azure that is ARM; here it is the operator, for VaultKey and
 * VaultCertificate resources.
 */
const armSetting = "AllowKeyManagementOperationsThroughARM";

const recordSchema = z.object({ [armSetting]: z.boolean().default(true) });

/** A setting. */
export interface Setting {
  readonly name: string;
  readonly value: boolean;
}

const settingsKey = ({ uid }: Vault) => ({ scope: uid, id: "settings" });

/** All settings of a vault. */
export async function readSettings(
  reader: RecordReader,
  vault: Vault,
): Promise<readonly Setting[]> {
  const record = await readRecord(reader, settingsKey(vault), recordSchema);
  return [{ name: armSetting, value: record?.[armSetting] ?? true }];
}

/** The setting of this name, whatever its case. @throws {Refusal} `NotFound` */
export function findSetting(settings: readonly Setting[], name: string): Setting {
  const found = settings.find((each) => each.name.toLowerCase() === name.toLowerCase());
  if (found === undefined) {
    throw new Refusal("NotFound", "there is no setting of this name");
  }
  return found;
}

/** Changes a setting. @throws {Refusal} `NotFound`, or `BadParameter` unless the value is `true` or `false` */
export async function writeSetting(
  tx: LedgerTransaction,
  vault: Vault,
  { name, value }: { readonly name: string; readonly value: string },
): Promise<Setting> {
  const { name: known } = findSetting(await readSettings(tx, vault), name);
  const text = value.toLowerCase();
  if (text !== "true" && text !== "false") {
    throw new Refusal("BadParameter", "the value of this setting is true or false");
  }
  const setting = { name: known, value: text === "true" };
  await tx.put(settingsKey(vault), { [known]: setting.value });
  return setting;
}

/** @throws {Refusal} `Forbidden` if resources may not make or change keys in this vault */
export async function requireKeysByResource(tx: RecordReader, vault: Vault): Promise<void> {
  const { value } = findSetting(await readSettings(tx, vault), armSetting);
  if (!value) {
    throw new Refusal("Forbidden", `this vault takes no keys of resources: ${armSetting} is false`);
  }
}
