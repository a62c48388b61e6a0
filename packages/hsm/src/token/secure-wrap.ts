// SPDX-License-Identifier: Apache-2.0
/**
 * Key Vault's secureWrapKey and secureUnwrapKey: data keys that are made in the token, and that an RSA key outside alone gets to
 * see when they are unwrapped.
 */

import { isStrongroomError, StrongroomError } from "@strongroom/core";
import {
  type AesWrapAlgorithm,
  type SecureWrapAlgorithm,
  secureWraps,
  type WrappedDataKey,
} from "../keys/algorithms.ts";
import { aesBytes, isRsa, rsaBits } from "../keys/key-types.ts";
import { requireComputable } from "./computable.ts";
import { leavingTemplate } from "./key-purposes.ts";
import { requireWrappingKey, wrapMechanism } from "./key-wrapping.ts";
import type { LoadedKey } from "./loaded-keys.ts";
import { importSecret, unwrapKey, type WrappingKey, withObject, wrapKey } from "./primitives.ts";
import { rsaPublicKey } from "./public-keys.ts";
import { refusingInput } from "./refusing-input.ts";
import { decryptRaw, oaep } from "./rsa-decryption.ts";
import type { OpenToken } from "./token.ts";
import { findKey, type KeyUseRequest, objectOf } from "./use-key.ts";
import { generateAes256, type ParsedTarget, wrapFreshKey, wrapToTarget } from "./wrap-to-target.ts";

/** The data key for the target, or OAEP's block from which the host takes it, to ask again with `wrapUnpadded`. */
export type SecureUnwrapStep =
  | { readonly kind: "done"; readonly bytes: Uint8Array }
  | { readonly kind: "padded"; readonly block: Uint8Array };

/** All that is ever said about what does not open: where it failed would be an oracle. */
const doesNotUnwrap = "the wrapped key cannot be unwrapped with this key";

/** What RFC 3394 and RFC 5649 add to an AES key in bytes. */
const keyWrapBytes = 8;

const dataKeyBytes: readonly number[] = Object.values(aesBytes);

/** A fresh AES-256 key, wrapped. @throws {StrongroomError} `HsmBlobRejected`; `BadParameter` for another algorithm than the key's. */
export function secureWrap(
  token: OpenToken,
  use: KeyUseRequest,
  algorithm: SecureWrapAlgorithm,
): Uint8Array {
  const key = findKey(token, use);
  if (algorithm === "RSA-OAEP-256") {
    requireRsa(key);
    const publicKey = rsaPublicKey(token, objectOf(token, key, "decrypt"));
    return wrapFreshKey(token, { key: publicKey, hash: secureWraps[algorithm].hash });
  }
  const by = aesKeyOf(token, key, algorithm, "wrap");
  return withObject(token, generateAes256(token), (fresh) => wrapKey(token, by, fresh));
}

/** Unwraps for a target. @throws {StrongroomError} as `secureWrap`; `BadParameter` if it was not wrapped by this key. */
export function secureUnwrap(
  token: OpenToken,
  use: KeyUseRequest,
  { algorithm, wrapped }: WrappedDataKey,
  to: ParsedTarget,
): SecureUnwrapStep {
  const key = findKey(token, use);
  if (algorithm === "RSA-OAEP-256") {
    return unwrapByRsa(token, key, wrapped, to);
  }
  const by = aesKeyOf(token, key, algorithm, "unwrap");
  if (!dataKeyBytes.includes(wrapped.length - keyWrapBytes)) {
    throw doesNotUnwrapError();
  }
  return { kind: "done", bytes: unwrapInside(token, by, wrapped, to) };
}

/** Wraps the bytes of a data key, which the caller wipes. @throws {StrongroomError} `BadParameter` if they are no AES key's. */
export function wrapUnpadded(token: OpenToken, plain: Uint8Array, to: ParsedTarget): Uint8Array {
  if (!dataKeyBytes.includes(plain.length)) {
    throw doesNotUnwrapError();
  }
  const options = { type: "CKK_GENERIC_SECRET", uses: [], extractable: true } as const;
  return withObject(token, importSecret(token, plain, options), (key) =>
    wrapToTarget(token, key, to),
  );
}

/** The refusal of whatever does not open. */
export function doesNotUnwrapError(): StrongroomError {
  return new StrongroomError("BadParameter", doesNotUnwrap);
}

function unwrapByRsa(
  token: OpenToken,
  key: LoadedKey,
  wrapped: Uint8Array,
  to: ParsedTarget,
): SecureUnwrapStep {
  const bits = requireRsa(key);
  const { hash } = secureWraps["RSA-OAEP-256"];
  if (wrapped.length !== bits / 8) {
    throw doesNotUnwrapError();
  }
  if (token.computable.has(`OAEP-unwrap/${hash}`)) {
    const by = { mechanism: oaep(hash), key: objectOf(token, key, "unwrap") };
    return { kind: "done", bytes: unwrapInside(token, by, wrapped, to) };
  }
  requireComputable(token, "RSA-raw", "RSA-OAEP-256");
  return { kind: "padded", block: blockOf(token, key, wrapped) };
}

// A number beyond the modulus is no more wrong than other wrong ones.
function blockOf(token: OpenToken, key: LoadedKey, wrapped: Uint8Array): Uint8Array {
  try {
    return decryptRaw(token, objectOf(token, key, "decrypt"), wrapped);
  } catch (error) {
    throw isStrongroomError(error, "BadParameter") ? doesNotUnwrapError() : error;
  }
}

function unwrapInside(
  token: OpenToken,
  by: WrappingKey,
  wrapped: Uint8Array,
  to: ParsedTarget,
): Uint8Array {
  const template = leavingTemplate("aes-256", "E");
  const key = refusingInput(doesNotUnwrap, () => unwrapKey(token, by, wrapped, template));
  return withObject(token, key, () => wrapToTarget(token, key, to));
}

function aesKeyOf(
  token: OpenToken,
  key: LoadedKey,
  algorithm: AesWrapAlgorithm,
  purpose: "wrap" | "unwrap",
): WrappingKey {
  requireWrappingKey(token, algorithm, key.header.keyType);
  const { mode } = secureWraps[algorithm];
  return { mechanism: wrapMechanism(token, mode), key: objectOf(token, key, purpose) };
}

function requireRsa({ header }: LoadedKey): number {
  if (!isRsa(header.keyType)) {
    throw new StrongroomError("BadParameter", "RSA-OAEP-256 does not go with this type of key");
  }
  return rsaBits[header.keyType];
}
