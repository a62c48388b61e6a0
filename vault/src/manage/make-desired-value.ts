// SPDX-License-Identifier: Apache-2.0
/** The value that a resource asks for, sealed for its place in the store before the decision; none where it is there. */

import type { Generate, PutSecretRequest } from "@strongroom/api";
import { type DeriveSubkey, type SecretBytes, StrongroomError } from "@strongroom/core";
import { openSealed, readSealedHeader, type SealedOpener } from "../sealing/open-sealed.ts";
import { isLatestSealed, type SealedSerial, toSealedSerial } from "../sealing/sealed-serial.ts";
import { secretType } from "../secrets/secret-type.ts";
import { type SealedSecret, sealSecret } from "../secrets/write-secret.ts";
import type { Vault } from "../vaults/vault-record.ts";
import { type DesiredTarget, isFree } from "./desired-object.ts";
import { generateValue } from "./generate-value.ts";

/** What making a value takes. */
export interface ValueMaker extends SealedOpener {
  readonly derive: (vault: Vault) => DeriveSubkey;
  readonly random: (bytes: number) => Promise<Uint8Array>;
}

/** A value to be written. */
export interface DesiredValue {
  readonly version: SealedSecret;
  /** Where it came sealed from outside. */
  readonly serial?: SealedSerial;
}

/** A value for a secret that is not there yet, or a newer sealed one. @throws {Refusal} `SealedValueRefused` */
export async function makeDesiredValue(
  deps: ValueMaker,
  target: DesiredTarget,
  { generate, sealed }: PutSecretRequest,
): Promise<DesiredValue | undefined> {
  const { vault, name } = target;
  const isNeeded = await isFree(deps.ledger, secretType, target);
  if (sealed !== undefined) {
    const serial = toSealedSerial(readSealedHeader({ vault, name }, sealed).serial, sealed);
    if (!isNeeded && (await isLatestSealed(deps.ledger, vault, name, serial))) {
      return undefined;
    }
    using value = await openSealed(deps, { vault, name }, sealed);
    return { version: await toVersion(deps, vault, name, value), serial };
  }
  if (!isNeeded) {
    return undefined;
  }
  using value = await generateValue(deps.random, requireGenerate(generate));
  return { version: await toVersion(deps, vault, name, value) };
}

function requireGenerate(generate: Generate | undefined): Generate {
  if (generate === undefined) {
    throw new StrongroomError("BadParameter", "exactly one of generate, sealed must be set");
  }
  return generate;
}

async function toVersion(
  { derive }: ValueMaker,
  vault: Vault,
  name: string,
  value: SecretBytes,
): Promise<SealedSecret> {
  return await sealSecret(derive(vault), vault, name, value.reveal());
}
