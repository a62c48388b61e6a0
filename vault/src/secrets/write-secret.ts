// SPDX-License-Identifier: Apache-2.0
/** Writing a new version of a secret: the value is sealed before the transaction, and bound to the version. */

import type { DeriveSubkey } from "@strongroom/core";
import type { LedgerTransaction } from "../ledger/ledger.ts";
import { newVersion, type SealedMaterial, sealMaterial } from "../objects/material.ts";
import type { FoundVersion } from "../objects/read-object.ts";
import { type VersionAttributes, writeVersion } from "../objects/write-version.ts";
import type { Vault } from "../vaults/vault-record.ts";
import { type SecretMembers, secretType } from "./secret-type.ts";

/** A version whose value is sealed for its place and not yet written. */
export interface SealedSecret {
  readonly version: string;
  readonly material: SealedMaterial;
}

/** What a writer says of a secret's version besides its value. */
export interface SecretAttributes extends VersionAttributes {
  readonly contentType?: string | undefined;
}

/** Seals `value` (the caller still owns it) as a new version of the secret. */
export async function sealSecret(
  derive: DeriveSubkey,
  vault: Vault,
  name: string,
  value: Uint8Array,
): Promise<SealedSecret> {
  const version = newVersion();
  const material = await sealMaterial(derive, vault, { kind: "secrets", name, version }, value);
  return { version, material };
}

/** Everything that a write needs. */
export interface SecretWrite {
  readonly vault: Vault;
  readonly name: string;
  readonly sealed: SealedSecret;
  readonly attributes: SecretAttributes;
  readonly at: Date;
  readonly owner?: string;
}

/** Writes the sealed version and makes it current. @throws {Refusal} `ObjectIsDeletedButRecoverable`, or `ObjectIsBeingDeleted`, while the name is. */
export async function writeSecret(
  tx: LedgerTransaction,
  { sealed, attributes, ...write }: SecretWrite,
): Promise<FoundVersion<SecretMembers>> {
  const { contentType, ...common } = attributes;
  const own = contentType === undefined ? {} : { contentType };
  return await writeVersion(tx, secretType, { ...write, ...sealed, attributes: common, own });
}
