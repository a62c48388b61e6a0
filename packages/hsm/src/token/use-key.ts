// SPDX-License-Identifier: Apache-2.0
/** From a caller's blob to an object in the token: tag, permitted use and place first, then one object for one purpose. */

import pkcs11js from "pkcs11js";
import { type BlobHeader, type OpenBlob, openBlob, rejected, sealBlob } from "./blob.ts";
import {
  type KeyClass,
  type KeyOperation,
  type KeyProfile,
  requireProfile,
} from "./key-profiles.ts";
import { headerTemplate, objectTemplate, type Purpose } from "./key-purposes.ts";
import type { LoadedKey } from "./loaded-keys.ts";
import type { Handle } from "./pkcs11.ts";
import {
  gcmDecrypt,
  gcmIvBytes,
  hmacSha256,
  importSecret,
  unwrapKey,
  type WrappingKey,
} from "./primitives.ts";
import type { OpenGeneration, OpenToken } from "./token.ts";
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

/** The key of a blob, for a use that its header permits. @throws {StrongroomError} `HsmBlobRejected` */
export function findKey(token: OpenToken, use: KeyUseRequest): LoadedKey {
  const loaded = token.loaded.get(use.blob);
  if (loaded !== undefined) {
    requireUse(loaded.header, use);
    return loaded;
  }
  const blob = new Uint8Array(use.blob);
  const opened = authenticate(token, blob);
  requireUse(opened.header, use);
  const key = { ...opened, blob, objects: new Map() };
  token.loaded.add(key);
  return key;
}

/** The key's object for `purpose`, loaded at its first use. */
export function objectOf(token: OpenToken, key: LoadedKey, purpose: Purpose): Handle {
  const present = key.objects.get(purpose);
  if (present !== undefined) {
    return present;
  }
  const handle = load(token, key, purpose);
  key.objects.set(purpose, handle);
  return handle;
}

/** The header of a new key. @throws {StrongroomError} `BadParameter` unless class, type and operations go together. */
export function newHeader(
  token: OpenToken,
  spec: KeyPlace & {
    readonly class: string;
    readonly keyType: string;
    readonly operations: readonly string[];
  },
): BlobHeader {
  const { scope, keyId } = spec;
  const profile: KeyProfile = requireProfile(spec);
  const kek = kekIdOf(token, profile.class);
  return { ...profile, keyId, kek, scope, template: headerTemplate(profile) };
}

/** A blob of a header's bytes and a wrapped key. */
export function seal(token: OpenToken, headerBytes: Uint8Array, wrapped: Uint8Array): Uint8Array {
  return sealBlob(headerBytes, wrapped, (input) => hmacSha256(token, token.keks.a, input));
}

/** Header and wrapped key of a blob of this token. @throws {StrongroomError} `HsmBlobRejected` */
export function authenticate(token: OpenToken, blob: Uint8Array): OpenBlob {
  const macs = token.generations.map(
    ({ keks }) =>
      (input: Uint8Array) =>
        hmacSha256(token, keks.a, input),
  );
  const opened = openBlob(blob, macs);
  generationOf(token, opened.header);
  return opened;
}

/** Whether a blob is under the newest keys. */
export function isNewest(token: OpenToken, header: BlobHeader): boolean {
  return header.kek === kekIdOf(token, header.class);
}

function generationOf(token: OpenToken, header: BlobHeader): OpenGeneration {
  const found = token.generations.find(
    (generation) => kekIdOf(generation, header.class) === header.kek,
  );
  if (found === undefined) {
    throw rejected("a key blob is under a key encryption key that this token does not hold");
  }
  return found;
}

/** @throws {StrongroomError} `HsmBlobRejected` unless the header permits the use and names the place. */
export function requireUse(header: BlobHeader, use: Omit<KeyUseRequest, "blob">): void {
  if (!header.operations.includes(use.operation)) {
    throw rejected(`the key of this blob is not for ${use.operation}`);
  }
  requirePlace(header, use.place);
}

/** @throws {StrongroomError} `HsmBlobRejected` unless the header names the place, where one is given. */
export function requirePlace(header: BlobHeader, place: KeyPlace | undefined): void {
  if (place !== undefined && (place.scope !== header.scope || place.keyId !== header.keyId)) {
    throw rejected("a key blob belongs to another place");
  }
}

function load(token: OpenToken, key: OpenBlob, purpose: Purpose): Handle {
  const { header } = key;
  if (header.class === "S") {
    const value = decryptDataKey(token, key);
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
  return unwrapAs(token, key, objectTemplate(header.keyType, purpose));
}

/** A header and the key that it describes, wrapped. */
export type WrappedKey = Pick<OpenBlob, "header" | "wrapped">;

/** The object that a blob's key becomes under a template; the caller destroys it. */
export function unwrapAs(
  token: OpenToken,
  key: WrappedKey,
  template: Parameters<typeof unwrapKey>[3],
): Handle {
  const { keks } = generationOf(token, key.header);
  const by = kekOf({ ...token, keks }, key.header.class === "E" ? "E" : "N");
  return rejectingBadKeys(() => unwrapKey(token, by, key.wrapped, template));
}

/** The bytes of a data key; the caller wipes them. */
export function decryptDataKey(token: OpenToken, key: OpenBlob): Buffer {
  const iv = key.wrapped.subarray(0, gcmIvBytes);
  const sealed = key.wrapped.subarray(gcmIvBytes);
  const input = { iv, aad: key.headerBytes };
  const { keks } = generationOf(token, key.header);
  return rejectingBadKeys(() => gcmDecrypt(token, keks.s, input, sealed));
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

/** The newest key encryption key of a class, with the token's mechanism for RFC 5649. */
export function kekOf(
  token: Pick<OpenToken, "keks" | "keyWrap">,
  keyClass: "N" | "E",
): WrappingKey {
  return { mechanism: token.keyWrap, key: keyClass === "N" ? token.keks.n : token.keks.e };
}

function kekIdOf({ kekIds }: Pick<OpenGeneration, "kekIds">, keyClass: KeyClass): string {
  return { N: kekIds.n, E: kekIds.e, S: kekIds.s }[keyClass];
}
