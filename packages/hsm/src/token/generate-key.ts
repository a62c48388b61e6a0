// SPDX-License-Identifier: Apache-2.0
/** New keys, made in the token, which leave it wrapped under their class's key encryption key. */

import { fromHex } from "@strongroom/core";
import pkcs11js from "pkcs11js";
import {
  type AesKeyType,
  aesBytes,
  curves,
  type EcKeyType,
  isEc,
  isRsa,
  type KeyType,
  type RsaKeyType,
  rsaBits,
} from "../keys/key-types.ts";
import { type Attributes, readAttribute, toTemplate } from "./attributes.ts";
import { encodeHeader } from "./blob.ts";
import { requireKeyType } from "./computable.ts";
import type { KeyOperation } from "./key-profiles.ts";
import { leavingTemplate } from "./key-purposes.ts";
import type { Handle } from "./pkcs11.ts";
import { type Session, withObject, wrapKey } from "./primitives.ts";
import { ecPublicKey, rsaPublicKey, toSpki } from "./public-keys.ts";
import type { OpenToken } from "./token.ts";
import { type KeyPlace, kekOf, newHeader, seal } from "./use-key.ts";

/** A key to be made or taken in. */
export interface NewKey extends KeyPlace {
  readonly class: "N" | "E";
  readonly keyType: KeyType;
  readonly operations: readonly KeyOperation[];
}

/** A key as it leaves. */
export interface KeyMade {
  readonly blob: Uint8Array;
  /** SubjectPublicKeyInfo, DER; empty for symmetric keys. */
  readonly publicKey: Uint8Array;
}

/** A key in the token that waits to be wrapped. */
export interface LeavingKey {
  readonly key: Handle;
  readonly publicKey: Uint8Array;
}

/** Public exponent of the RSA keys that are made here: 65537. */
const publicExponent = fromHex("010001");

/** A new key. @throws {StrongroomError} `BadParameter` unless class, type and operations go together. */
export function generateKey(token: OpenToken, spec: NewKey): KeyMade {
  requireKeyType(token, spec.keyType);
  const header = encodeHeader(newHeader(token, spec));
  const made = generateLeavingKey(token, spec.keyType, spec.class);
  const wrapped = withObject(token, made.key, (key) =>
    wrapKey(token, kekOf(token, spec.class), key),
  );
  return { blob: seal(token, header, wrapped), publicKey: made.publicKey };
}

/** Generates a key that can only be wrapped; class N under a trusted key alone. The caller destroys it. */
export function generateLeavingKey(
  session: Session,
  type: KeyType,
  keyClass: "N" | "E",
): LeavingKey {
  const template = leavingTemplate(type, keyClass);
  if (isEc(type)) {
    return generateEc(session, type, template);
  }
  return isRsa(type) ? generateRsa(session, type, template) : generateAes(session, type, template);
}

/** Generates a pair under a template for the private half; the caller destroys it. */
export function generateEc(session: Session, type: EcKeyType, template: Attributes): LeavingKey {
  const parameters = { CKA_EC_PARAMS: fromHex(curves[type].oid) };
  const pair = generatePair(session, pkcs11js.CKM_EC_KEY_PAIR_GEN, parameters, template);
  return toLeavingKey(session, pair, (object) => {
    const point = readAttribute(session.module, session.handle, object, "CKA_EC_POINT");
    return toSpki(ecPublicKey(type, point));
  });
}

function generateRsa(session: Session, type: RsaKeyType, template: Attributes): LeavingKey {
  const parameters = { CKA_MODULUS_BITS: rsaBits[type], CKA_PUBLIC_EXPONENT: publicExponent };
  const pair = generatePair(session, pkcs11js.CKM_RSA_PKCS_KEY_PAIR_GEN, parameters, template);
  return toLeavingKey(session, pair, (object) => toSpki(rsaPublicKey(session, object)));
}

function generatePair(
  session: Session,
  mechanism: number,
  parameters: Attributes,
  template: Attributes,
): pkcs11js.KeyPair {
  const publicTemplate = { CKA_TOKEN: false, CKA_PRIVATE: false, CKA_VERIFY: true, ...parameters };
  return session.module.C_GenerateKeyPair(
    session.handle,
    { mechanism },
    toTemplate(publicTemplate),
    toTemplate(template),
  );
}

function toLeavingKey(
  session: Session,
  pair: pkcs11js.KeyPair,
  read: (object: Handle) => Uint8Array,
): LeavingKey {
  return { key: pair.privateKey, publicKey: withObject(session, pair.publicKey, read) };
}

function generateAes(session: Session, type: AesKeyType, template: Attributes): LeavingKey {
  const full = toTemplate({ CKA_VALUE_LEN: aesBytes[type], ...template });
  const mechanism = { mechanism: pkcs11js.CKM_AES_KEY_GEN };
  const key = session.module.C_GenerateKey(session.handle, mechanism, full);
  return { key, publicKey: new Uint8Array(0) };
}
