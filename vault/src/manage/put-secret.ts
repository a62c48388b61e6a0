// SPDX-License-Identifier: Apache-2.0
/** Secrets that a resource asks for: the vault makes the value, once, and nobody else sees it. */

import type { PutSecretRequest } from "@strongroom/api";
import type { LedgerTransaction } from "../ledger/ledger.ts";
import { type FoundVersion, findVersion } from "../objects/read-object.ts";
import { updateVersion } from "../objects/update-version.ts";
import { advanceSerial } from "../sealing/sealed-serial.ts";
import { type SecretMembers, secretType } from "../secrets/secret-type.ts";
import { writeSecret } from "../secrets/write-secret.ts";
import type { Vault } from "../vaults/vault-record.ts";
import { type DesiredTarget, findOwn, notFree, type PutDesired } from "./desired-object.ts";
import { desiredKey, readDesired, toDesiredRecord } from "./desired-record.ts";
import type { DesiredValue } from "./make-desired-value.ts";

/** A secret as its resource wants it. */
export interface DesiredSecret extends DesiredTarget {
  readonly request: PutSecretRequest;
  /** The value, where there is no such secret yet, or a newer one. */
  readonly value: DesiredValue | undefined;
}

/** Makes the secret, its newer value, or what is said about its current version. @throws {Refusal} `NameInUse` if somebody else made it, `SealedValueOlder` */
export async function putSecret(
  tx: LedgerTransaction,
  desired: DesiredSecret,
): Promise<PutDesired> {
  const { value } = desired;
  const existing = await findOwn(tx, secretType, desired);
  // A value that was generated for a secret which has come into being meanwhile is not needed.
  if (value !== undefined && (existing === undefined || value.serial !== undefined)) {
    return { ...(await writeValue(tx, desired, value)), created: existing === undefined };
  }
  if (existing === undefined) {
    throw await notFree(tx, secretType, desired);
  }
  await changeSecret(tx, desired);
  return { name: existing.name, version: existing.current, created: false };
}

async function writeValue(
  tx: LedgerTransaction,
  desired: DesiredSecret,
  { version: sealed, serial }: DesiredValue,
): Promise<Omit<PutDesired, "created">> {
  const { vault, name, owner, at, request } = desired;
  if (serial !== undefined) {
    await advanceSerial(tx, vault, name, serial);
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
  return { name: object.name, version: object.current };
}

async function changeSecret(tx: LedgerTransaction, desired: DesiredSecret): Promise<void> {
  const { vault, name, at, request } = desired;
  const wish = wishOf(desired);
  if ((await readDesired(tx, vault.uid, "secrets", name))?.digest === wish.digest) {
    return;
  }
  const { attributes, contentType, tags } = request;
  await updateVersion(tx, await bareVersion(tx, vault, name), {
    attributes: { enabled: true, ...attributes, tags },
    own: contentType === undefined ? {} : { contentType },
    at,
  });
  await tx.put(desiredKey(vault.uid, "secrets", name), { ...wish });
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
