// SPDX-License-Identifier: Apache-2.0
/** Reading one version of a secret: its records in the decision, its value afterwards. */

import type { SecretBytes } from "@strongroom/core";
import type { RecordReader } from "../ledger/ledger.ts";
import { type Recall, readTogether } from "../ledger/read-together.ts";
import { type MaterialOpener, openMaterial } from "../objects/material.ts";
import { type FoundVersion, recallFoundVersion, requireEnabled } from "../objects/read-object.ts";
import type { Vault } from "../vaults/vault-record.ts";
import { type SecretMembers, secretType } from "./secret-type.ts";

/** A version that was found; its value is still sealed. */
export type FoundSecret = FoundVersion<SecretMembers>;

/** Finds a version, the current one by default. @throws {Refusal} `NotFound`, or `ObjectDisabled`. */
export function findSecret(
  tx: RecordReader,
  vault: Vault,
  name: string,
  version: string | undefined,
): Promise<FoundSecret> {
  return readTogether(tx, (recall) => recallSecret(recall, vault, name, version));
}

/** The same within `readTogether`. */
export function recallSecret(
  recall: Recall,
  vault: Vault,
  name: string,
  version: string | undefined,
): FoundSecret {
  const found = recallFoundVersion(recall, vault, secretType, { name, version });
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
