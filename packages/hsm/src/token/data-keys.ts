// SPDX-License-Identifier: Apache-2.0
/** Data keys: 32 bytes under KEK-S, opened into the vault's process or kept in the token to derive subkeys. */

import { subkeyInput } from "@strongroom/core";
import { type BlobHeader, encodeHeader } from "./blob.ts";
import type { KeyOperation } from "./key-profiles.ts";
import { gcmEncrypt, gcmIvBytes, hmacSha256, randomBytes } from "./primitives.ts";
import type { OpenToken } from "./token.ts";
import {
  decryptDataKey,
  findKey,
  type KeyPlace,
  type KeyUseRequest,
  newHeader,
  objectOf,
  seal,
} from "./use-key.ts";

/** Length of a data key in bytes. */
const dataKeyBytes = 32;

/** A new data key; this host has it in memory while it is made. */
export function generateDataKey(
  token: OpenToken,
  spec: KeyPlace & { readonly operations: readonly KeyOperation[] },
): Uint8Array {
  const header = newHeader(token, { ...spec, class: "S", keyType: "secret-256" });
  const key = randomBytes(token, dataKeyBytes);
  try {
    return sealDataKey(token, header, key);
  } finally {
    key.fill(0);
  }
}

/** The blob of a data key's bytes: IV, then AES-GCM under KEK-S with the header as associated data. */
export function sealDataKey(token: OpenToken, header: BlobHeader, key: Uint8Array): Uint8Array {
  const aad = encodeHeader(header);
  const iv = randomBytes(token, gcmIvBytes);
  const sealed = gcmEncrypt(token, token.keks.s, { iv, aad }, key);
  return seal(token, aad, Buffer.concat([iv, sealed]));
}

/** The 32 bytes of a data key; the caller wipes them. @throws {StrongroomError} `HsmBlobRejected` */
export function openDataKey(token: OpenToken, use: KeyUseRequest): Uint8Array {
  return decryptDataKey(token, findKey(token, use));
}

/** SP 800-108 subkey of a data key, 32 bytes, computed in the token. @throws {StrongroomError} `HsmBlobRejected` */
export function subkey(
  token: OpenToken,
  use: KeyUseRequest,
  derivation: { readonly label: string; readonly context: Uint8Array },
): Uint8Array {
  const input = subkeyInput(derivation.label, derivation.context);
  return hmacSha256(token, objectOf(token, findKey(token, use), "mac"), input);
}
