// SPDX-License-Identifier: Apache-2.0
/**
 * The bytes of a sealed value: AES-256-GCM under a subkey that is used for this one value only.
 *
 * sealed = 0x01 || salt (32) || ciphertext || tag (16). The subkey is SP 800-108 over scope and salt, so the
 * all-zero IV is used once per key (SP 800-38D section 8.2 asks for uniqueness under one key).
 */

import {
  createCipheriv,
  createDecipheriv,
  createSecretKey,
  type KeyObject,
  randomBytes,
} from "node:crypto";
import { concatBytes } from "./bytes.ts";
import { StrongroomError } from "./errors.ts";
import { canonicalText } from "./json/canonical-json.ts";
import { SecretBytes } from "./secret-bytes.ts";

/** What a sealed value is bound to: it opens nowhere else. */
export interface ValueBinding {
  /** The vault's uid. */
  readonly scope: string;
  readonly kind: "secrets" | "keys" | "certificates";
  /** The object's name in lower case. */
  readonly name: string;
  readonly version: string;
  /** Id of the data key. */
  readonly keyId: string;
}

/** Derives the 32-byte subkey for label and context: in software, or inside the token. */
export type DeriveSubkey = (label: string, context: Uint8Array) => Promise<Uint8Array>;

const formatVersion = 1;
const saltLength = 32;
const tagLength = 16;
const label = "strongroom/value/v1";
const iv = new Uint8Array(12);

/** Seals `value`; the caller still owns it. */
export async function sealValue(
  derive: DeriveSubkey,
  binding: ValueBinding,
  value: Uint8Array,
): Promise<Uint8Array<ArrayBuffer>> {
  const salt = new Uint8Array(randomBytes(saltLength));
  using key = new SecretBytes(await derive(label, contextOf(binding, salt)));
  const cipher = createCipheriv("aes-256-gcm", key.reveal(), iv);
  cipher.setAAD(associatedData(binding));
  const ciphertext = concatBytes(cipher.update(value), cipher.final());
  return concatBytes(new Uint8Array([formatVersion]), salt, ciphertext, cipher.getAuthTag());
}

/** Opens a sealed value. @throws {StrongroomError} `StoreTampered` if it was made for another place or changed. */
export async function openValue(
  derive: DeriveSubkey,
  binding: ValueBinding,
  sealed: Uint8Array,
): Promise<SecretBytes> {
  return openWithSubkey(await subkeyOfValue(derive, binding, sealed), binding, sealed);
}

/**
 * The subkey of one sealed value, outside of JavaScript's heap.
 *
 * @throws {StrongroomError} `StoreTampered` on an unknown format.
 */
export async function subkeyOfValue(
  derive: DeriveSubkey,
  binding: Pick<ValueBinding, "scope">,
  sealed: Uint8Array,
): Promise<KeyObject> {
  requireFormat(sealed);
  const salt = sealed.subarray(1, 1 + saltLength);
  using key = new SecretBytes(await derive(label, contextOf(binding, salt)));
  return createSecretKey(key.reveal());
}

/** Opens a sealed value by its subkey. @throws {StrongroomError} `StoreTampered`, as `openValue` does. */
export function openWithSubkey(
  subkey: KeyObject,
  binding: ValueBinding,
  sealed: Uint8Array,
): SecretBytes {
  requireFormat(sealed);
  const decipher = createDecipheriv("aes-256-gcm", subkey, iv, { authTagLength: tagLength });
  decipher.setAAD(associatedData(binding));
  decipher.setAuthTag(sealed.subarray(sealed.length - tagLength));
  const plain = decipher.update(sealed.subarray(1 + saltLength, sealed.length - tagLength));
  try {
    decipher.final();
  } catch (cause) {
    plain.fill(0);
    throw new StrongroomError("StoreTampered", "a sealed value does not open in its place", {
      cause,
    });
  }
  return new SecretBytes(plain);
}

function requireFormat(sealed: Uint8Array): void {
  if (sealed[0] !== formatVersion || sealed.length < 1 + saltLength + tagLength) {
    throw new StrongroomError("StoreTampered", "a sealed value has an unknown format");
  }
}

function contextOf({ scope }: Pick<ValueBinding, "scope">, salt: Uint8Array): Uint8Array {
  return concatBytes(Buffer.from(scope), salt);
}

function associatedData({ keyId, kind, name, scope, version }: ValueBinding): Uint8Array {
  // Nothing secret, so from Node's pool: memory of its own would cost as much as the decryption.
  return Buffer.from(canonicalText({ format: label, keyId, kind, name, scope, version }));
}
