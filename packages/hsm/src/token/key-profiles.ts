// SPDX-License-Identifier: Apache-2.0
/** What kinds of keys there are: their classes, types and operations, and the one template each is loaded with. */

import { StrongroomError } from "@strongroom/core";
import { type NamedTemplate, onlyFor } from "./attributes.ts";

/** N never leaves the token, E may be released, S is a data key. */
export type KeyClass = "N" | "E" | "S";

/** What a key may be used for. A key that signs heads signs nothing else, or the anchor could be gone round. */
export type KeyOperation = "sign" | "signHead" | "open" | "subkey";

/** Type of a key. */
export type KeyType = "ec-p256" | "secret-256";

/** What tells how a key is loaded. */
export interface KeyProfile {
  readonly class: KeyClass;
  readonly keyType: KeyType;
  readonly operations: readonly KeyOperation[];
}

/** A P-256 private key in the token: it signs and does nothing else, and nothing gets it out again. */
const ecSigner = {
  CKA_CLASS: "CKO_PRIVATE_KEY",
  CKA_KEY_TYPE: "CKK_EC",
  CKA_TOKEN: false,
  CKA_PRIVATE: true,
  CKA_SENSITIVE: true,
  CKA_EXTRACTABLE: false,
  CKA_DECRYPT: false,
  CKA_DERIVE: false,
  CKA_SIGN: true,
  CKA_UNWRAP: false,
} as const;

/** A data key in the token: an HMAC key. */
const macKey = {
  CKA_CLASS: "CKO_SECRET_KEY",
  CKA_KEY_TYPE: "CKK_GENERIC_SECRET",
  CKA_TOKEN: false,
  CKA_PRIVATE: true,
  CKA_SENSITIVE: true,
  CKA_EXTRACTABLE: false,
  ...onlyFor("CKA_SIGN"),
} as const;

const templates = { "ec-p256": ecSigner, "secret-256": macKey } as const satisfies Record<
  KeyType,
  NamedTemplate
>;

/** The operations that may stand together in one header. */
const combinations: { readonly [type in KeyType]: readonly string[] } = {
  "ec-p256": ["sign", "signHead"],
  "secret-256": ["open", "open,subkey", "subkey"],
};

/** The template that a key of `type` is loaded with, whatever its class. */
export function loadTemplate<T extends KeyType>(type: T): (typeof templates)[T] {
  return templates[type];
}

/** @throws {StrongroomError} `BadParameter` unless class, type and operations go together. */
export function requireProfile(profile: {
  readonly class: string;
  readonly keyType: string;
  readonly operations: readonly string[];
}): KeyProfile {
  const { keyType } = profile;
  if (keyType !== "ec-p256" && keyType !== "secret-256") {
    throw new StrongroomError("BadParameter", "the HSM host has no keys of this type");
  }
  const classes = keyType === "ec-p256" ? ["N", "E"] : ["S"];
  if (!classes.includes(profile.class)) {
    throw new StrongroomError("BadParameter", `keys of type ${keyType} have another class`);
  }
  if (!combinations[keyType].includes([...profile.operations].sort().join(","))) {
    throw new StrongroomError("BadParameter", `keys of type ${keyType} have other operations`);
  }
  const { class: keyClass, operations } = profile;
  return { class: keyClass, keyType, operations } as KeyProfile;
}
