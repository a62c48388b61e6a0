// SPDX-License-Identifier: Apache-2.0
/** Opening a sealed value: in the vault that it was made for, under the name that it was made for, and nowhere else. */

import { createDecipheriv } from "node:crypto";
import { maxSecretBytes, type SealedHeader, sealedHeaderSchema } from "@strongroom/api";
import {
  fromBase64url,
  fromUtf8,
  isStrongroomError,
  parseJson,
  SecretBytes,
  utf8,
} from "@strongroom/core";
import type { HsmClient } from "@strongroom/hsm/client";
import { Refusal } from "../audit/event.ts";
import type { RecordReader } from "../ledger/ledger.ts";
import type { Vault } from "../vaults/vault-record.ts";
import { readSealingKey, type SealingKeyRecord, unwrapContentKey } from "./sealing-key.ts";

/** Bytes of A256GCM's key, initialisation vector and tag. RFC 7518 section 5.3. */
const sizes = { key: 32, iv: 12, tag: 16 } as const;
/** Bytes of what RSA-3072 encrypts to. */
const encryptedKeyBytes = 384;

/** What opening takes. */
export interface SealedOpener {
  readonly ledger: RecordReader;
  readonly hsm: Pick<HsmClient, "unwrap">;
}

/** Where a value is wanted. */
export interface SealedPlace {
  readonly vault: Vault;
  readonly name: string;
}

/** What the sealed value says about itself; only opening it shows that this is true. @throws {Refusal} `SealedValueRefused` */
export function readSealedHeader({ vault, name }: SealedPlace, sealed: string): SealedHeader {
  const header = parseHeader(sealed);
  const isForHere =
    header.vault === vault.uid &&
    header.namespace === vault.namespace &&
    header.name.toLowerCase() === name.toLowerCase();
  if (!isForHere) {
    throw refused("the sealed value was made for another vault, namespace or name");
  }
  return header;
}

/** The value, which the caller wipes. @throws {Refusal} `SealedValueRefused`, the same for every change of it */
export async function openSealed(
  { ledger, hsm }: SealedOpener,
  place: SealedPlace,
  sealed: string,
): Promise<SecretBytes> {
  const { kid } = readSealedHeader(place, sealed);
  const key = await readSealingKey(ledger, place.vault.uid);
  if (key === undefined || key.key.kid !== kid) {
    throw refused("the sealed value was made for another key");
  }
  const [aad = "", ...parts] = sealed.split(".");
  const [encryptedKey, iv, ciphertext, tag] = parts.map((part) => fromBase64url(part));
  if (
    encryptedKey?.length !== encryptedKeyBytes ||
    iv?.length !== sizes.iv ||
    tag?.length !== sizes.tag ||
    ciphertext === undefined ||
    ciphertext.length > maxSecretBytes
  ) {
    throw refused("the sealed value is malformed");
  }
  using contentKey = await unwrap(hsm, place, key, encryptedKey);
  return decrypt(contentKey.reveal(), { aad: utf8(aad), iv, ciphertext, tag });
}

async function unwrap(
  hsm: SealedOpener["hsm"],
  { vault }: SealedPlace,
  key: SealingKeyRecord,
  encryptedKey: Uint8Array,
): Promise<SecretBytes> {
  try {
    const contentKey = new SecretBytes(await unwrapContentKey(hsm, vault.uid, key, encryptedKey));
    if (contentKey.reveal().length === sizes.key) {
      return contentKey;
    }
    contentKey[Symbol.dispose]();
  } catch (error) {
    if (!isStrongroomError(error, "BadParameter")) {
      throw error;
    }
  }
  throw doesNotOpen();
}

interface Encrypted {
  readonly aad: Uint8Array;
  readonly iv: Uint8Array;
  readonly ciphertext: Uint8Array;
  readonly tag: Uint8Array;
}

function decrypt(key: Uint8Array, { aad, iv, ciphertext, tag }: Encrypted): SecretBytes {
  const decipher = createDecipheriv("aes-256-gcm", key, iv, { authTagLength: sizes.tag });
  decipher.setAAD(aad);
  decipher.setAuthTag(tag);
  const value = decipher.update(ciphertext);
  try {
    decipher.final();
  } catch {
    value.fill(0);
    throw doesNotOpen();
  }
  return new SecretBytes(value);
}

function parseHeader(sealed: string): SealedHeader {
  try {
    const [header = ""] = sealed.split(".", 1);
    return sealedHeaderSchema.parse(parseJson(fromUtf8(fromBase64url(header))));
  } catch {
    throw refused("the sealed value's header is malformed");
  }
}

const doesNotOpen = () => refused("the sealed value does not open: it was changed");

function refused(message: string): Refusal {
  return new Refusal("SealedValueRefused", message);
}
