// SPDX-License-Identifier: Apache-2.0
/**
 * The public half of a private key that nobody outside the token has seen.
 *
 * RSA's private object says its modulus. An elliptic curve's says no point, so the token computes ECDH with the curve's
 * generator, which gives x of the public point; which of the two points it is shows by a signature.
 */

import { createECDH, ECDH } from "node:crypto";
import { equalBytes, fromHex, StrongroomError } from "@strongroom/core";
import pkcs11js from "pkcs11js";
import {
  aesBytes,
  curves,
  type EcKeyType,
  isAes,
  isEc,
  type RsaKeyType,
  rsaBits,
} from "../keys/key-types.ts";
import { readAttribute, toTemplate } from "./attributes.ts";
import { notOfType } from "./import-key.ts";
import { objectTemplate } from "./key-purposes.ts";
import type { Handle } from "./pkcs11.ts";
import { type Session, withObject } from "./primitives.ts";
import { proveKey } from "./prove-key.ts";
import { ecPublicKey, rsaPublicKey, toSpki } from "./public-keys.ts";
import type { OpenToken } from "./token.ts";
import { unwrapAs, type WrappedKey } from "./use-key.ts";

/** What RFC 5649 adds to whole blocks in bytes. */
const keyWrapBytes = 8;

/**
 * SubjectPublicKeyInfo of `object`, which is the wrapped key; empty for symmetric keys.
 *
 * @throws {StrongroomError} `BadParameter` if the object is not of the type that the header says.
 */
export function recoverPublicKey(token: OpenToken, key: WrappedKey, object: Handle): Uint8Array {
  const { keyType } = key.header;
  if (isEc(keyType)) {
    return recoverEc(token, key, keyType, object);
  }
  if (isAes(keyType)) {
    if (key.wrapped.length !== aesBytes[keyType] + keyWrapBytes) {
      throw notOfType(keyType);
    }
    return new Uint8Array(0);
  }
  return recoverRsa(token, keyType as RsaKeyType, object);
}

function recoverRsa(session: Session, type: RsaKeyType, object: Handle): Uint8Array {
  const key = rsaPublicKey(session, object);
  if (key.asymmetricKeyDetails?.modulusLength !== rsaBits[type]) {
    throw notOfType(type);
  }
  return toSpki(key);
}

function recoverEc(token: OpenToken, key: WrappedKey, type: EcKeyType, object: Handle): Uint8Array {
  const parameters = readAttribute(token.module, token.handle, object, "CKA_EC_PARAMS");
  if (!equalBytes(parameters, fromHex(curves[type].oid))) {
    throw notOfType(type);
  }
  const template = { ...objectTemplate(type, "sign"), CKA_SIGN: false, CKA_DERIVE: true };
  const x = withObject(token, unwrapAs(token, key, template), (deriver) =>
    timesGenerator(token, type, deriver),
  );
  const [even, odd] = [publicKeyOf(type, 2, x), publicKeyOf(type, 3, x)];
  try {
    proveKey(token, key, even);
    return even;
  } catch {
    // Then it is the other; who asked proves it.
    return odd;
  }
}

/** x of the private key times the curve's generator. */
export function timesGenerator(token: Session, type: EcKeyType, deriver: Handle): Buffer {
  const { bytes, openSslName } = curves[type];
  const unit = createECDH(openSslName);
  unit.setPrivateKey(Buffer.alloc(bytes).fill(1, bytes - 1));
  const parameter: pkcs11js.ECDH1 = {
    type: pkcs11js.CK_PARAMS_EC_DH,
    kdf: pkcs11js.CKD_NULL,
    publicData: unit.getPublicKey(),
  };
  const template = toTemplate({
    CKA_CLASS: "CKO_SECRET_KEY",
    CKA_KEY_TYPE: "CKK_GENERIC_SECRET",
    CKA_TOKEN: false,
    CKA_SENSITIVE: false,
    CKA_EXTRACTABLE: true,
    CKA_VALUE_LEN: bytes,
  });
  const mechanism = { mechanism: pkcs11js.CKM_ECDH1_DERIVE, parameter };
  const shared = token.module.C_DeriveKey(token.handle, mechanism, deriver, template);
  return withObject(token, shared, () =>
    readAttribute(token.module, token.handle, shared, "CKA_VALUE"),
  );
}

function publicKeyOf(type: EcKeyType, prefix: 2 | 3, x: Uint8Array): Uint8Array {
  const { bytes, openSslName } = curves[type];
  const compressed = Buffer.alloc(bytes + 1);
  compressed[0] = prefix;
  compressed.set(x, compressed.length - x.length);
  const point = ECDH.convertKey(compressed, openSslName, undefined, undefined, "uncompressed");
  if (typeof point === "string") {
    throw new StrongroomError("Internal", "OpenSSL gave a point as text");
  }
  return toSpki(ecPublicKey(type, point));
}
