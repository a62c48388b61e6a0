// SPDX-License-Identifier: Apache-2.0
/**
 * What an object in the token is for, and the template it gets.
 *
 * One object has one purpose. A key with several operations is loaded once for each purpose that is asked for, so that no
 * object both wraps and decrypts: Clulow 2003, and attacks A1 and A2 of Tookan.
 */

import { isEc, isRsa } from "../keys/key-types.ts";
import { type KeyUse, type NamedTemplate, onlyFor } from "./attributes.ts";
import type { BlobKeyType, KeyOperation, KeyProfile } from "./key-profiles.ts";

/** `mac` is HMAC with a symmetric key; RSA's `decrypt` serves unwrapping of callers' keys as well. */
export type Purpose = "sign" | "mac" | "encrypt" | "decrypt" | "wrap" | "unwrap";

const purposeUses: { readonly [purpose in Purpose]: KeyUse } = {
  sign: "CKA_SIGN",
  mac: "CKA_SIGN",
  encrypt: "CKA_ENCRYPT",
  decrypt: "CKA_DECRYPT",
  wrap: "CKA_WRAP",
  unwrap: "CKA_UNWRAP",
};

/** Uses of a private key. */
const privateUses = ["CKA_DECRYPT", "CKA_DERIVE", "CKA_SIGN", "CKA_UNWRAP"] as const;

const hidden = {
  CKA_TOKEN: false,
  CKA_PRIVATE: true,
  CKA_SENSITIVE: true,
  CKA_EXTRACTABLE: false,
} as const;

/** The template of an object that is used: readable by nobody, wrapped by nothing, good for `uses` alone. */
function template(type: BlobKeyType, keyType: string, uses: readonly KeyUse[]): NamedTemplate {
  if (isEc(type) || isRsa(type)) {
    const flags = privateUses.map((use) => [use, uses.includes(use)] as const);
    const kind = { CKA_CLASS: "CKO_PRIVATE_KEY", CKA_KEY_TYPE: keyType };
    return { ...kind, ...hidden, ...Object.fromEntries(flags) };
  }
  return { CKA_CLASS: "CKO_SECRET_KEY", CKA_KEY_TYPE: keyType, ...hidden, ...onlyFor(...uses) };
}

function keyTypeOf(type: BlobKeyType, purpose: Purpose): string {
  if (isEc(type)) {
    return "CKK_EC";
  }
  if (isRsa(type)) {
    return "CKK_RSA";
  }
  return purpose === "mac" ? "CKK_GENERIC_SECRET" : "CKK_AES";
}

/** In this order, and after all others: SoftHSM takes no attribute after CKA_MODIFIABLE has become false. */
const fixed = { CKA_COPYABLE: false, CKA_MODIFIABLE: false } as const;

/** The exact template of an object of a key for one purpose. */
export function objectTemplate(type: BlobKeyType, purpose: Purpose): NamedTemplate {
  return { ...template(type, keyTypeOf(type, purpose), [purposeUses[purpose]]), ...fixed };
}

/** The template of an object that exists to be wrapped and for nothing else; under a trusted key only, for class N. */
export function leavingTemplate(type: BlobKeyType, keyClass: "N" | "E"): NamedTemplate {
  return {
    ...template(type, keyTypeOf(type, "encrypt"), []),
    CKA_EXTRACTABLE: true,
    CKA_WRAP_WITH_TRUSTED: keyClass === "N",
    ...fixed,
  };
}

/**
 * The template in a blob's header: what the objects of the key may be at most. Of the uses that it allows, each object
 * gets one; where it allows one, it is that object's exact template.
 */
export function headerTemplate(profile: Pick<KeyProfile, "keyType" | "operations">): NamedTemplate {
  const { keyType, operations } = profile;
  const allowed = operations.flatMap((operation) => usesOf(keyType, operation));
  const kind = keyType === "secret-256" ? "CKK_GENERIC_SECRET" : keyTypeOf(keyType, "encrypt");
  return template(keyType, kind, allowed);
}

function usesOf(type: BlobKeyType, operation: KeyOperation): readonly KeyUse[] {
  if (isEc(type) || isRsa(type)) {
    return pairUses[operation] ?? [];
  }
  return type === "secret-256" ? ["CKA_SIGN"] : (secretUses[operation] ?? []);
}

type UsesByOperation = { readonly [operation in KeyOperation]?: readonly KeyUse[] };

/** Verifying, encrypting and wrapping are done with the public key, outside. */
const pairUses: UsesByOperation = {
  sign: ["CKA_SIGN"],
  signHead: ["CKA_SIGN"],
  decrypt: ["CKA_DECRYPT"],
  unwrapKey: ["CKA_DECRYPT"],
  // Where the token lacks OAEP's hash function, the padding is taken off outside.
  import: ["CKA_UNWRAP", "CKA_DECRYPT"],
  secureUnwrapKey: ["CKA_UNWRAP", "CKA_DECRYPT"],
};

const secretUses: UsesByOperation = {
  sign: ["CKA_SIGN"],
  verify: ["CKA_SIGN"],
  encrypt: ["CKA_ENCRYPT"],
  decrypt: ["CKA_DECRYPT"],
  wrapKey: ["CKA_WRAP", "CKA_ENCRYPT"],
  unwrapKey: ["CKA_UNWRAP"],
  secureWrapKey: ["CKA_WRAP"],
  secureUnwrapKey: ["CKA_UNWRAP"],
};
