// SPDX-License-Identifier: Apache-2.0
/** Reading one version of a secret: its records in the decision, its value afterwards. */

import type { SecretBytes } from "@strongroom/core";
import type { RecordReader } from "../ledger/ledger.ts";
import { type MaterialOpener, openMaterial } from "../objects/material.ts";
import { type FoundVersion, findVersion, requireEnabled } from "../objects/read-object.ts";
import type { Vault } from "../vaults/vault-record.ts";
import { type SecretMembers, secretType } from "./secret-type.ts";

/** A version that was found; its value is still sealed. */
export type FoundSecret = FoundVersion<SecretMembers>;

/** Finds a version, the current one by default. @throws {Refusal} `NotFound`, or `ObjectDisabled`. */
export async function findSecret(
  tx: RecordReader,
  vault: Vault,
  name: string,
  version: string | undefined,
): Promise<FoundSecret> {
  const found = await findVersion(tx, vault, secretType, { name, version });
  requireEnabled(secretType, "get", found);
  return found;
}

/** Opens what was found. */
export function openSecret(
  opener: MaterialOpener,
  vault: Vault,
  found: FoundSecret,
): Promise<SecretBytes> {
  return openMaterial(opener, vault, secretType, found);
}
