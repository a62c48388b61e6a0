// SPDX-License-Identifier: Apache-2.0
/** Keys that were made elsewhere: in clear, or encrypted to an exchange key and opened inside the token. */

import { createPublicKey, type KeyObject } from "node:crypto";
import { isStrongroomError, StrongroomError } from "@strongroom/core";
import { aesBytes, curves, isAes, isEc, type KeyType, rsaBits } from "../keys/key-types.ts";
import { type BlobHeader, encodeHeader } from "./blob.ts";
import { requireKeyType } from "./computable.ts";
import type { KeyMade, NewKey } from "./generate-key.ts";
import { leavingTemplate } from "./key-purposes.ts";
import { parsePkcs8 } from "./parse-key.ts";
import type { Handle } from "./pkcs11.ts";
import { withObject, wrapKey } from "./primitives.ts";
import { proveKey } from "./prove-key.ts";
import { toSpki } from "./public-keys.ts";
import { refusingInput } from "./refusing-input.ts";
import type { OpenToken } from "./token.ts";
import { importThroughTransport } from "./transport.ts";
import { kekOf, newHeader, seal, type WrappedKey } from "./use-key.ts";

/**
 * Takes in PKCS #8 (DER) or an AES key's bytes; the caller wipes them.
 *
 * @throws {StrongroomError} `BadParameter` if the material is not a key of the type.
 */
export function importKey(token: OpenToken, spec: NewKey, material: Uint8Array): KeyMade {
  requireKeyType(token, spec.keyType);
  const header = newHeader(token, spec);
  const { bytes, publicKey } = toTransportable(spec.keyType, material);
  try {
    const template = leavingTemplate(spec.keyType, spec.class);
    const key = refusingInput(notTaken, () =>
      importThroughTransport(token, token.keyWrap, bytes, template),
    );
    return takeIn(token, { header, key }, () => publicKey);
  } finally {
    bytes.fill(0);
  }
}

const notTaken = "the token does not take this key";

/**
 * Wraps and destroys a key that came into the token, once it is proved to be what its public half says.
 *
 * @throws {StrongroomError} `BadParameter` if the token does nothing with it: that is the key's fault, not the token's.
 */
export function takeIn(
  token: OpenToken,
  brought: { readonly header: BlobHeader; readonly key: Handle },
  publicKeyOf: (wrapped: WrappedKey) => Uint8Array,
): KeyMade {
  const { header, key } = brought;
  const keyClass = header.class === "E" ? "E" : "N";
  return withObject(token, key, () => {
    const proved = refusingKey(() => {
      const wrapped = { header, wrapped: wrapKey(token, kekOf(token, keyClass), key) };
      const publicKey = publicKeyOf(wrapped);
      proveKey(token, wrapped, publicKey);
      return { ...wrapped, publicKey };
    });
    return {
      blob: seal(token, encodeHeader(header), proved.wrapped),
      publicKey: proved.publicKey,
    };
  });
}

// Some tokens take any numbers for an RSA key, and then neither wrap them, nor open them again, nor say the public half.
function refusingKey<T>(work: () => T): T {
  try {
    return refusingInput(notTaken, work);
  } catch (error) {
    const isRefused =
      isStrongroomError(error, "HsmRefused") || isStrongroomError(error, "HsmBlobRejected");
    throw isRefused ? new StrongroomError("BadParameter", notTaken) : error;
  }
}

function toTransportable(
  type: KeyType,
  material: Uint8Array,
): { readonly bytes: Uint8Array; readonly publicKey: Uint8Array } {
  if (isAes(type)) {
    requireKey(material.length === aesBytes[type], type);
    return { bytes: new Uint8Array(material), publicKey: new Uint8Array(0) };
  }
  const key = parse(material, type);
  requireKey(isOfType(key, type), type);
  // Written anew by OpenSSL: attributes and whatever follows the key do not reach the token.
  const bytes = key.export({ format: "der", type: "pkcs8" });
  return { bytes, publicKey: toSpki(createPublicKey(key)) };
}

function parse(material: Uint8Array, type: KeyType): KeyObject {
  try {
    return parsePkcs8(material);
  } catch {
    // OpenSSL's words may quote what it read.
    throw notOfType(type);
  }
}

function isOfType(key: KeyObject, type: Exclude<KeyType, keyof typeof aesBytes>): boolean {
  const { asymmetricKeyType, asymmetricKeyDetails } = key;
  return isEc(type)
    ? asymmetricKeyType === "ec" && asymmetricKeyDetails?.namedCurve === curves[type].openSslName
    : asymmetricKeyType === "rsa" && asymmetricKeyDetails?.modulusLength === rsaBits[type];
}

function requireKey(holds: boolean, type: KeyType): void {
  if (!holds) {
    throw notOfType(type);
  }
}

/** The refusal of material that is no key of `type`. */
export function notOfType(type: KeyType): StrongroomError {
  return new StrongroomError("BadParameter", `the material is not a key of type ${type}`);
}
