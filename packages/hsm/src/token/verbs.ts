// SPDX-License-Identifier: Apache-2.0
/** What an open token does for its callers: keys as blobs in, results out; never a handle, a template or a return value. */

import { hash } from "node:crypto";
import { subkeyInput } from "@strongroom/core";
import pkcs11js from "pkcs11js";
import {
  type BlobHeader,
  encodeHeader,
  type OpenBlob,
  openBlob,
  rejected,
  sealBlob,
} from "./blob.ts";
import { generateEcPair } from "./ec-pair.ts";
import { type KeyClass, type KeyOperation, loadTemplate, requireProfile } from "./key-profiles.ts";
import type { LoadedKey } from "./loaded-keys.ts";
import type { OpenToken } from "./open-token.ts";
import type { Handle } from "./pkcs11.ts";
import {
  ecdsa,
  gcmDecrypt,
  gcmEncrypt,
  gcmIvBytes,
  hmacSha256,
  importSecret,
  randomBytes,
  unwrapKey,
  type WrappingKey,
  withObject,
  wrapKey,
} from "./primitives.ts";
import { isReturnValue } from "./token-errors.ts";

/** Where a key belongs. */
export interface KeyPlace {
  readonly scope: string;
  readonly keyId: string;
}

/** What a caller says about the blob that it sends. */
export interface KeyUseRequest {
  readonly blob: Uint8Array;
  readonly operation: KeyOperation;
  /** Where it expects the key to belong; not checked where absent. */
  readonly place?: KeyPlace | undefined;
}

/** Length of a data key in bytes. */
const dataKeyBytes = 32;

/** A new P-256 key: its blob, and its public half as SubjectPublicKeyInfo (DER). */
export function generateKey(
  token: OpenToken,
  spec: KeyPlace & { readonly class: "N" | "E"; readonly operations: readonly KeyOperation[] },
): { readonly blob: Uint8Array; readonly publicKey: Uint8Array } {
  const header = newHeader(token, { ...spec, keyType: "ec-p256" });
  const pair = generateEcPair(token, spec.class);
  const wrapped = withObject(token, pair.privateKey, (key) =>
    wrapKey(token, kekOf(token, spec.class), key),
  );
  return { blob: seal(token, encodeHeader(header), wrapped), publicKey: pair.publicKey };
}

/** A new 32-byte data key under KEK-S; this host has it in memory while it is made. */
export function generateDataKey(
  token: OpenToken,
  spec: KeyPlace & { readonly operations: readonly KeyOperation[] },
): Uint8Array {
  const header = newHeader(token, { ...spec, class: "S", keyType: "secret-256" });
  const aad = encodeHeader(header);
  const iv = randomBytes(token, gcmIvBytes);
  const key = randomBytes(token, dataKeyBytes);
  try {
    const sealed = gcmEncrypt(token, token.keks.s, { iv, aad }, key);
    return seal(token, aad, Buffer.concat([iv, sealed]));
  } finally {
    key.fill(0);
  }
}

/** ECDSA signature r || s over a 32-byte digest. @throws {StrongroomError} `HsmBlobRejected` */
export function sign(token: OpenToken, use: KeyUseRequest, digest: Uint8Array): Uint8Array {
  return ecdsa(token, loadKey(token, use).handle, digest);
}

/** The 32 bytes of a data key; the caller wipes them. @throws {StrongroomError} `HsmBlobRejected` */
export function openDataKey(token: OpenToken, use: KeyUseRequest): Uint8Array {
  const blob = authenticate(token, use.blob);
  requireUse(blob.header, use);
  return decryptDataKey(token, blob);
}

/** SP 800-108 subkey of a data key, 32 bytes, computed in the token. @throws {StrongroomError} `HsmBlobRejected` */
export function subkey(
  token: OpenToken,
  use: KeyUseRequest,
  derivation: { readonly label: string; readonly context: Uint8Array },
): Uint8Array {
  const input = subkeyInput(derivation.label, derivation.context);
  return hmacSha256(token, loadKey(token, use).handle, input);
}

function newHeader(token: OpenToken, spec: Omit<BlobHeader, "kek" | "template">): BlobHeader {
  const { scope, keyId } = spec;
  const profile = requireProfile(spec);
  return {
    class: profile.class,
    keyId,
    keyType: profile.keyType,
    kek: kekIdOf(token, profile.class),
    operations: profile.operations,
    scope,
    template: loadTemplate(profile.keyType),
  };
}

function seal(token: OpenToken, headerBytes: Uint8Array, wrapped: Uint8Array): Uint8Array {
  return sealBlob(headerBytes, wrapped, (input) => hmacSha256(token, token.keks.a, input));
}

function authenticate(token: OpenToken, blob: Uint8Array): OpenBlob {
  const opened = openBlob(blob, (input) => hmacSha256(token, token.keks.a, input));
  if (opened.header.kek !== kekIdOf(token, opened.header.class)) {
    throw rejected("a key blob is under a key encryption key that this token does not hold");
  }
  return opened;
}

function requireUse(header: BlobHeader, use: KeyUseRequest): void {
  if (!header.operations.includes(use.operation)) {
    throw rejected(`the key of this blob is not for ${use.operation}`);
  }
  const { place } = use;
  if (place !== undefined && (place.scope !== header.scope || place.keyId !== header.keyId)) {
    throw rejected("a key blob belongs to another place");
  }
}

function loadKey(token: OpenToken, use: KeyUseRequest): LoadedKey {
  const digest = hash("sha256", use.blob, "hex");
  const loaded = token.loaded.get(digest);
  if (loaded !== undefined) {
    requireUse(loaded.header, use);
    return loaded;
  }
  const blob = authenticate(token, use.blob);
  requireUse(blob.header, use);
  const key = { header: blob.header, handle: load(token, blob) };
  token.loaded.add(digest, key);
  return key;
}

function load(token: OpenToken, blob: OpenBlob): Handle {
  const { header } = blob;
  if (header.class === "S") {
    const value = decryptDataKey(token, blob);
    try {
      const options = {
        type: "CKK_GENERIC_SECRET",
        uses: ["CKA_SIGN"],
        extractable: false,
      } as const;
      return importSecret(token, value, options);
    } finally {
      value.fill(0);
    }
  }
  const by = kekOf(token, header.class);
  return rejectingBadKeys(() => unwrapKey(token, by, blob.wrapped, loadTemplate(header.keyType)));
}

function decryptDataKey(token: OpenToken, blob: OpenBlob): Buffer {
  const iv = blob.wrapped.subarray(0, gcmIvBytes);
  const sealed = blob.wrapped.subarray(gcmIvBytes);
  const input = { iv, aad: blob.headerBytes };
  return rejectingBadKeys(() => gcmDecrypt(token, token.keks.s, input, sealed));
}

const badKey = [
  pkcs11js.CKR_ENCRYPTED_DATA_INVALID,
  pkcs11js.CKR_ENCRYPTED_DATA_LEN_RANGE,
  pkcs11js.CKR_WRAPPED_KEY_INVALID,
  pkcs11js.CKR_WRAPPED_KEY_LEN_RANGE,
] as const;

// The tag was right and the key does not open: KEK-A and the other keys are not of one token.
function rejectingBadKeys<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw isReturnValue(error, ...badKey)
      ? rejected("the token does not open a key blob", error)
      : error;
  }
}

function kekOf(token: OpenToken, keyClass: "N" | "E"): WrappingKey {
  return { mechanism: token.keyWrap, key: keyClass === "N" ? token.keks.n : token.keks.e };
}

function kekIdOf(token: OpenToken, keyClass: KeyClass): string {
  return { N: token.kekIds.n, E: token.kekIds.e, S: token.kekIds.s }[keyClass];
}
