// SPDX-License-Identifier: Apache-2.0
/** The value of a secret that a resource asks for, sealed for its place before the decision; none where it is there. */

import type { PutSecretRequest } from "@strongroom/api";
import type { DeriveSubkey } from "@strongroom/core";
import type { LedgerReader } from "../ledger/ledger.ts";
import { isActive, readObject } from "../objects/read-object.ts";
import { secretType } from "../secrets/secret-type.ts";
import { type SealedSecret, sealSecret } from "../secrets/write-secret.ts";
import type { Vault } from "../vaults/vault-record.ts";
import type { DesiredTarget } from "./delete-desired.ts";
import { generateValue } from "./generate-value.ts";

/** What making a value takes. */
export interface ValueMaker {
  readonly ledger: Pick<LedgerReader, "read">;
  readonly derive: (vault: Vault) => DeriveSubkey;
  readonly random: (bytes: number) => Promise<Uint8Array>;
}

/** A value for a secret that is not there yet. */
export async function makeDesiredValue(
  { ledger, derive, random }: ValueMaker,
  { vault, name }: DesiredTarget,
  { generate }: PutSecretRequest,
): Promise<SealedSecret | undefined> {
  if (isActive(await readObject(ledger, vault, secretType, name))) {
    return undefined;
  }
  using value = await generateValue(random, generate);
  return await sealSecret(derive(vault), vault, name, value.reveal());
}
