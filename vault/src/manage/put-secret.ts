// SPDX-License-Identifier: Apache-2.0
/** Secrets that a resource asks for: the vault makes the value, once, and nobody else sees it. */

import type { Generate, PutSecretRequest } from "@strongroom/api";
import { SecretBytes, toBase64url, toHex, utf8 } from "@strongroom/core";
import { Refusal } from "../audit/event.ts";
import type { LedgerTransaction } from "../ledger/ledger.ts";
import { deleteObject } from "../objects/delete-object.ts";
import { isActive, readObject } from "../objects/read-object.ts";
import { secretType } from "../secrets/secret-type.ts";
import { type SecretWrite, writeSecret } from "../secrets/write-secret.ts";

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
/** Largest multiple of the alphabet's length below 256: larger bytes would favour its first letters. */
const unbiased = 256 - (256 % alphabet.length);

/** Makes a value of random bytes from the HSM. */
export async function generateValue(
  random: (bytes: number) => Promise<Uint8Array>,
  { encoding, length }: Generate,
): Promise<SecretBytes> {
  if (encoding === "alphanumeric") {
    return await alphanumeric(random, length);
  }
  using bytes = new SecretBytes(await random(length));
  const encode = encoding === "hex" ? toHex : toBase64url;
  return new SecretBytes(utf8(encode(bytes.reveal())));
}

async function alphanumeric(
  random: (bytes: number) => Promise<Uint8Array>,
  length: number,
): Promise<SecretBytes> {
  const value = new Uint8Array(length);
  let filled = 0;
  while (filled < length) {
    using bytes = new SecretBytes(await random(length));
    for (const byte of bytes.reveal()) {
      if (byte < unbiased && filled < length) {
        value[filled] = alphabet.charCodeAt(byte % alphabet.length);
        filled += 1;
      }
    }
  }
  return new SecretBytes(value);
}

/** What became of the desired secret. */
export interface DesiredSecret {
  readonly name: string;
  readonly version: string;
  readonly created: boolean;
}

/** Writes the sealed value if the secret is not there. @throws {Refusal} `NameInUse` if somebody else made it. */
export async function putSecret(
  tx: LedgerTransaction,
  write: SecretWrite & { readonly owner: string },
): Promise<DesiredSecret> {
  const existing = await readObject(tx, write.vault, secretType, write.name);
  if (isActive(existing)) {
    if (existing.owner !== write.owner) {
      throw new Refusal(
        "NameInUse",
        `secret ${existing.name} exists and was not made by this resource`,
      );
    }
    return { name: existing.name, version: existing.current, created: false };
  }
  const { object } = await writeSecret(tx, write);
  return { name: object.name, version: object.current, created: true };
}

/** What a resource says of its secret, as version attributes. */
export function attributesOf({ attributes, contentType, tags }: PutSecretRequest) {
  return { ...attributes, contentType, tags };
}

/** Soft-deletes the secret that `owner` made; answers whether there was one. */
export async function deleteSecret(
  tx: LedgerTransaction,
  {
    vault,
    name,
    owner,
    at,
  }: Pick<SecretWrite, "vault" | "name" | "at"> & { readonly owner: string },
): Promise<boolean> {
  const existing = await readObject(tx, vault, secretType, name);
  if (!isActive(existing) || existing.owner !== owner) {
    return false;
  }
  await deleteObject(tx, secretType, { vault, name, at });
  return true;
}
