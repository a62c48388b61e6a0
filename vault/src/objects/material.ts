// SPDX-License-Identifier: Apache-2.0
/** The secret part of a version: sealed for its place before the transaction, opened after the decision. */

import { type KeyObject, randomBytes } from "node:crypto";
import {
  type DeriveSubkey,
  openWithSubkey,
  type SecretBytes,
  StrongroomError,
  sealValue,
  subkeyOfValue,
  toHex,
  type ValueBinding,
} from "@strongroom/core";
import { dataKeyId } from "../installation/scope-keys.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { Vault } from "../vaults/vault-record.ts";
import type { VersionName } from "./object-record.ts";
import type { ObjectType } from "./object-type.ts";
import type { FoundVersion } from "./read-object.ts";

/** Sealed material with the id of the data key that it is sealed under. */
export interface SealedMaterial {
  readonly keyId: string;
  readonly sealed: Uint8Array;
}

/** A fresh version id: 32 hexadecimal digits. */
export function newVersion(): string {
  return toHex(randomBytes(16));
}

/** Seals `material` (the caller still owns it) for one version. */
export async function sealMaterial(
  derive: DeriveSubkey,
  vault: Vault,
  version: VersionName,
  material: Uint8Array,
): Promise<SealedMaterial> {
  const binding = materialBinding(vault.uid, version, dataKeyId);
  return { keyId: dataKeyId, sealed: await sealValue(derive, binding, material) };
}

/** What opening takes: the sealed bytes, and the vault's keys. */
export interface MaterialOpener {
  readonly ledger: Pick<Ledger, "readValue">;
  readonly derive: (vault: Vault) => DeriveSubkey;
}

/** Opens what was found. A version's material never changes, so it may be read after the decision. @throws {StrongroomError} `NotFound` if it was purged since. */
export async function openMaterial(
  { ledger, derive }: MaterialOpener,
  vault: Vault,
  { kind }: Pick<ObjectType, "kind">,
  { object, version, key }: FoundVersion,
): Promise<SecretBytes> {
  const sealed = await ledger.readValue(key);
  if (sealed === undefined) {
    // A row that is missing against the audit log is refused below; here the log says that there is none any more.
    throw new StrongroomError("NotFound", "the version was purged a moment ago");
  }
  const name = { kind, name: object.name, version: version.version };
  const subkey = recallSubkey(vault, sealed) ?? (await subkeyOf(derive, vault, sealed));
  return openWithSubkey(subkey, materialBinding(vault.uid, name, version.keyId ?? ""), sealed);
}

// By the sealed bytes, which the ledger answers unchanged for as long as it remembers them, in bounded memory.
const subkeys = new WeakMap<Uint8Array, KeyObject>();

function recallSubkey({ protection }: Vault, sealed: Uint8Array): KeyObject | undefined {
  return protection === "HSM" ? undefined : subkeys.get(sealed);
}

async function subkeyOf(
  derive: MaterialOpener["derive"],
  vault: Vault,
  sealed: Uint8Array,
): Promise<KeyObject> {
  const subkey = await subkeyOfValue(derive(vault), { scope: vault.uid }, sealed);
  if (vault.protection !== "HSM") {
    // This process has the data key: with its subkeys it holds nothing more.
    subkeys.set(sealed, subkey);
  }
  return subkey;
}

/** What material is bound to: it opens in no other vault, kind, name or version. */
export function materialBinding(
  vaultUid: string,
  { kind, name, version }: VersionName,
  keyId: string,
): ValueBinding {
  return { scope: vaultUid, kind, name: name.toLowerCase(), version, keyId };
}
