// SPDX-License-Identifier: Apache-2.0
/** Secrets that a resource asks for: the vault makes the value, once, and nobody else sees it. */

import type { PutSecretRequest } from "@strongroom/api";
import { StrongroomError } from "@strongroom/core";
import { Refusal } from "../audit/event.ts";
import type { LedgerTransaction } from "../ledger/ledger.ts";
import type { ObjectRecord } from "../objects/object-record.ts";
import { type FoundVersion, findVersion, isActive, readObject } from "../objects/read-object.ts";
import { updateVersion } from "../objects/update-version.ts";
import { type SecretMembers, secretType } from "../secrets/secret-type.ts";
import { type SealedSecret, writeSecret } from "../secrets/write-secret.ts";
import type { Vault } from "../vaults/vault-record.ts";
import type { DesiredTarget } from "./delete-desired.ts";
import { desiredKey, readDesired, toDesiredRecord } from "./desired-record.ts";

/** A secret as its resource wants it. */
export interface DesiredSecret extends DesiredTarget {
  readonly request: PutSecretRequest;
  /** The value, where there is no such secret yet. */
  readonly sealed: SealedSecret | undefined;
}

/** What became of it. */
export interface PutDesired {
  /** As it was first spelt. */
  readonly name: string;
  readonly version: string;
  readonly created: boolean;
}

/** Makes the secret, or what is said about its current version. @throws {Refusal} `NameInUse` if somebody else made it */
export async function putSecret(
  tx: LedgerTransaction,
  desired: DesiredSecret,
): Promise<PutDesired> {
  const existing = await readObject(tx, desired.vault, secretType, desired.name);
  return isActive(existing)
    ? await changeSecret(tx, desired, existing)
    : await makeSecret(tx, desired);
}

async function makeSecret(tx: LedgerTransaction, desired: DesiredSecret): Promise<PutDesired> {
  const { vault, name, owner, at, request, sealed } = desired;
  if (sealed === undefined) {
    throw new StrongroomError("Conflict", "the secret went away a moment ago; try again");
  }
  const { attributes, contentType, tags } = request;
  const write = {
    vault,
    name,
    at,
    owner,
    sealed,
    attributes: { ...attributes, contentType, tags },
  };
  const { object } = await writeSecret(tx, write);
  await tx.put(desiredKey(vault.uid, "secrets", name), { ...wishOf(desired) });
  return { name: object.name, version: object.current, created: true };
}

async function changeSecret(
  tx: LedgerTransaction,
  desired: DesiredSecret,
  { name, owner, current }: ObjectRecord,
): Promise<PutDesired> {
  const { vault, at, request } = desired;
  if (owner !== desired.owner) {
    throw new Refusal("NameInUse", `secret ${name} exists and was not made by this resource`);
  }
  const wish = wishOf(desired);
  if ((await readDesired(tx, vault.uid, "secrets", name))?.digest !== wish.digest) {
    const { attributes, contentType, tags } = request;
    await updateVersion(tx, await bareVersion(tx, vault, name), {
      attributes: { enabled: true, ...attributes, tags },
      own: contentType === undefined ? {} : { contentType },
      at,
    });
    await tx.put(desiredKey(vault.uid, "secrets", name), { ...wish });
  }
  return { name, version: current, created: false };
}

// A resource says all that there is to say: what it no longer says is taken away.
async function bareVersion(
  tx: LedgerTransaction,
  vault: Vault,
  name: string,
): Promise<FoundVersion<SecretMembers>> {
  const found = await findVersion(tx, vault, secretType, { name });
  const { nbf: _, exp: __, tags: ___, contentType: ____, ...version } = found.version;
  return { ...found, version };
}

function wishOf({ owner, request: { attributes, contentType, tags } }: DesiredSecret) {
  return toDesiredRecord(owner, { attributes, contentType, tags });
}
