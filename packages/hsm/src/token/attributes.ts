// SPDX-License-Identifier: Apache-2.0
/** Attributes of token objects by PKCS#11's own names, so that a blob's header can spell out a template. */

import pkcs11js, { type Template } from "pkcs11js";
import type { Handle, Pkcs11 } from "./pkcs11.ts";

const attributeTypes = {
  CKA_CLASS: pkcs11js.CKA_CLASS,
  CKA_COPYABLE: pkcs11js.CKA_COPYABLE,
  CKA_DECRYPT: pkcs11js.CKA_DECRYPT,
  CKA_DERIVE: pkcs11js.CKA_DERIVE,
  CKA_EC_PARAMS: pkcs11js.CKA_EC_PARAMS,
  CKA_EC_POINT: pkcs11js.CKA_EC_POINT,
  CKA_ENCRYPT: pkcs11js.CKA_ENCRYPT,
  CKA_EXTRACTABLE: pkcs11js.CKA_EXTRACTABLE,
  CKA_KEY_TYPE: pkcs11js.CKA_KEY_TYPE,
  CKA_LABEL: pkcs11js.CKA_LABEL,
  CKA_MODIFIABLE: pkcs11js.CKA_MODIFIABLE,
  CKA_MODULUS: pkcs11js.CKA_MODULUS,
  CKA_MODULUS_BITS: pkcs11js.CKA_MODULUS_BITS,
  CKA_PRIVATE: pkcs11js.CKA_PRIVATE,
  CKA_PUBLIC_EXPONENT: pkcs11js.CKA_PUBLIC_EXPONENT,
  CKA_SENSITIVE: pkcs11js.CKA_SENSITIVE,
  CKA_SIGN: pkcs11js.CKA_SIGN,
  CKA_SIGN_RECOVER: pkcs11js.CKA_SIGN_RECOVER,
  CKA_TOKEN: pkcs11js.CKA_TOKEN,
  CKA_TRUSTED: pkcs11js.CKA_TRUSTED,
  CKA_UNWRAP: pkcs11js.CKA_UNWRAP,
  CKA_VALUE: pkcs11js.CKA_VALUE,
  CKA_VALUE_LEN: pkcs11js.CKA_VALUE_LEN,
  CKA_VERIFY: pkcs11js.CKA_VERIFY,
  CKA_WRAP: pkcs11js.CKA_WRAP,
  CKA_WRAP_WITH_TRUSTED: pkcs11js.CKA_WRAP_WITH_TRUSTED,
} as const;

const constants = {
  CKK_AES: pkcs11js.CKK_AES,
  CKK_EC: pkcs11js.CKK_EC,
  CKK_GENERIC_SECRET: pkcs11js.CKK_GENERIC_SECRET,
  CKK_RSA: pkcs11js.CKK_RSA,
  CKO_PRIVATE_KEY: pkcs11js.CKO_PRIVATE_KEY,
  CKO_PUBLIC_KEY: pkcs11js.CKO_PUBLIC_KEY,
  CKO_SECRET_KEY: pkcs11js.CKO_SECRET_KEY,
} as const;

/** Name of an attribute that we use. */
export type AttributeName = keyof typeof attributeTypes;

/** Attributes and their values; a text that is a constant's name means the constant. */
export type Attributes = {
  readonly [name in AttributeName]?: boolean | number | string | Uint8Array;
};

/** Attributes that a header can spell out. */
export type NamedTemplate = { readonly [name: string]: boolean | string };

/** The template of a call. */
export function toTemplate(attributes: Attributes): Template {
  return Object.entries(attributes).map(([name, value]) => ({
    type: attributeTypes[name as AttributeName],
    value: toValue(value),
  }));
}

function toValue(
  value: boolean | number | string | Uint8Array,
): boolean | number | string | Buffer {
  if (value instanceof Uint8Array) {
    return toBuffer(value);
  }
  return typeof value === "string" && Object.hasOwn(constants, value)
    ? constants[value as keyof typeof constants]
    : value;
}

// Of no bytes, but somewhere in memory: pkcs11js passes it as a pointer that is not null, which modules refuse.
const noBytes = Buffer.alloc(1).subarray(0, 0);

/** A Buffer over the same memory, which is what pkcs11js takes. */
export function toBuffer(bytes: Uint8Array): Buffer {
  if (bytes.length === 0) {
    return noBytes;
  }
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Bytes of one attribute. */
export function readAttribute(
  module: Pkcs11,
  session: Handle,
  object: Handle,
  name: AttributeName,
): Buffer {
  const [result] = module.C_GetAttributeValue(session, object, [{ type: attributeTypes[name] }]);
  return result?.value ?? Buffer.alloc(0);
}

/** Value of one boolean attribute: absent is false. */
export function readFlag(
  module: Pkcs11,
  session: Handle,
  object: Handle,
  name: AttributeName,
): boolean {
  return readAttribute(module, session, object, name)[0] === 1;
}

const uses = [
  "CKA_DECRYPT",
  "CKA_DERIVE",
  "CKA_ENCRYPT",
  "CKA_SIGN",
  "CKA_UNWRAP",
  "CKA_VERIFY",
  "CKA_WRAP",
] as const;

/** One of the things that a secret key may be used for. */
export type KeyUse = (typeof uses)[number];

/** Every use of a secret key, said to be allowed or not: what is left out of a template, tokens choose themselves. */
export function onlyFor(...allowed: readonly KeyUse[]): Record<KeyUse, boolean> {
  const entries = uses.map((use) => [use, allowed.includes(use)] as const);
  return Object.fromEntries(entries) as Record<KeyUse, boolean>;
}
