// SPDX-License-Identifier: Apache-2.0
/** AES key wrap of callers' keys, RFC 3394 and RFC 5649: their bytes are throw-away objects in the token. */

import { StrongroomError } from "@strongroom/core";
import pkcs11js from "pkcs11js";
import { type AesWrapAlgorithm, aesWraps } from "../keys/algorithms.ts";
import { aesBytes, isAes } from "../keys/key-types.ts";
import { readAttribute } from "./attributes.ts";
import { requireComputable } from "./computable.ts";
import type { BlobKeyType } from "./key-profiles.ts";
import { wrapByBlocks } from "./key-wrap-by-blocks.ts";
import {
  importSecret,
  type Session,
  unwrapKey,
  type WrappingKey,
  withObject,
  wrapKey,
} from "./primitives.ts";
import { refusingInput } from "./refusing-input.ts";
import type { OpenToken } from "./token.ts";
import { findKey, type KeyUseRequest, objectOf } from "./use-key.ts";

/** Half of AES's block: what key wrap works on. */
const semiblockBytes = 8;

/** CKM_AES_KEY_WRAP: RFC 3394. */
const rfc3394 = pkcs11js.CKM_AES_KEY_WRAP;

/**
 * Wraps the caller's key.
 *
 * @throws {StrongroomError} `HsmBlobRejected`; `BadParameter` if algorithm, key and input do not go together.
 */
export function wrap(
  token: OpenToken,
  use: KeyUseRequest,
  algorithm: AesWrapAlgorithm,
  plain: Uint8Array,
): Uint8Array {
  const key = findKey(token, use);
  const { mode } = aesWraps[algorithm];
  requireWrappingKey(token, algorithm, key.header.keyType);
  const whole = plain.length % semiblockBytes === 0;
  const fits = mode === "kw" ? whole && plain.length >= 2 * semiblockBytes : plain.length > 0;
  if (!fits) {
    throw new StrongroomError("BadParameter", `${algorithm} does not wrap ${plain.length} bytes`);
  }
  if (mode === "kwp" && !whole && !token.computable.has("AES-kwp-any")) {
    requireComputable(token, "AES-ecb", algorithm);
    return wrapByBlocks(token, objectOf(token, key, "encrypt"), plain);
  }
  return wrapBytes(
    token,
    { mechanism: wrapMechanism(token, mode), key: objectOf(token, key, "wrap") },
    plain,
  );
}

/** Unwraps; the caller wipes the result. @throws {StrongroomError} as `wrap`; `BadParameter` if it was not wrapped by this key. */
export function unwrap(
  token: OpenToken,
  use: KeyUseRequest,
  algorithm: AesWrapAlgorithm,
  wrapped: Uint8Array,
): Uint8Array {
  const key = findKey(token, use);
  const { mode } = aesWraps[algorithm];
  requireWrappingKey(token, algorithm, key.header.keyType);
  const least = mode === "kw" ? 3 * semiblockBytes : 2 * semiblockBytes;
  if (wrapped.length < least || wrapped.length % semiblockBytes !== 0) {
    throw new StrongroomError(
      "BadParameter",
      `${algorithm} does not unwrap ${wrapped.length} bytes`,
    );
  }
  const by = { mechanism: wrapMechanism(token, mode), key: objectOf(token, key, "unwrap") };
  return refusingInput("the wrapped key cannot be unwrapped with this key", () =>
    unwrapBytes(token, by, wrapped),
  );
}

/** Wraps bytes by way of a throw-away object. */
export function wrapBytes(session: Session, by: WrappingKey, plain: Uint8Array): Buffer {
  const options = { type: "CKK_GENERIC_SECRET", uses: [], extractable: true } as const;
  const object = importSecret(session, plain, options);
  return withObject(session, object, () => wrapKey(session, by, object));
}

/** Unwraps bytes by way of a throw-away object. */
export function unwrapBytes(session: Session, by: WrappingKey, wrapped: Uint8Array): Buffer {
  const object = unwrapKey(session, by, wrapped, {
    CKA_CLASS: "CKO_SECRET_KEY",
    CKA_KEY_TYPE: "CKK_GENERIC_SECRET",
    CKA_TOKEN: false,
    CKA_SENSITIVE: false,
    CKA_EXTRACTABLE: true,
  });
  return withObject(session, object, () =>
    readAttribute(session.module, session.handle, object, "CKA_VALUE"),
  );
}

/** The token's mechanism of a mode. */
export function wrapMechanism(token: OpenToken, mode: "kw" | "kwp"): number {
  return mode === "kw" ? rfc3394 : token.keyWrap;
}

/** @throws {StrongroomError} `BadParameter` unless the algorithm goes with keys of the type, in this token. */
export function requireWrappingKey(
  token: OpenToken,
  algorithm: AesWrapAlgorithm,
  type: BlobKeyType,
): void {
  const { keyBytes, mode } = aesWraps[algorithm];
  if (!isAes(type) || (keyBytes !== undefined && aesBytes[type] !== keyBytes)) {
    throw new StrongroomError("BadParameter", `${algorithm} does not go with this type of key`);
  }
  requireComputable(token, `AES-${mode}`, algorithm);
}
