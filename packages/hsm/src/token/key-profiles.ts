// SPDX-License-Identifier: Apache-2.0
/** What kinds of keys there are: which classes, types and operations go together. */

import { StrongroomError } from "@strongroom/core";
import { isAes, isEc, isRsa, type KeyType } from "../keys/key-types.ts";

/** N never leaves the token, E may be released, S is a data key. */
export type KeyClass = "N" | "E" | "S";

/** What a key may be used for. A key that signs heads signs nothing else, or the anchor could be gone round. */
export type KeyOperation =
  | "sign"
  | "verify"
  | "encrypt"
  | "decrypt"
  | "wrapKey"
  | "unwrapKey"
  | "import"
  | "secureWrapKey"
  | "secureUnwrapKey"
  | "signHead"
  | "open"
  | "subkey";

/** Type of a key that a blob holds: a data key's is `secret-256`. */
export type BlobKeyType = KeyType | "secret-256";

/** What tells how a key is loaded. */
export interface KeyProfile {
  readonly class: KeyClass;
  readonly keyType: BlobKeyType;
  /** Sorted, each once. */
  readonly operations: readonly KeyOperation[];
}

const ciphers = ["encrypt", "decrypt", "wrapKey", "unwrapKey"] as const;

/** Operations that may stand together in the header of a key of a type. */
const combinable: { readonly [family: string]: readonly KeyOperation[] } = {
  ec: ["sign", "verify"],
  rsa: ["sign", "verify", ...ciphers],
  aes: ["sign", "verify", ...ciphers],
  secret: ["open", "subkey"],
};

/** What such a key unwraps is for the environment that was attested, so nothing else may show it: no `unwrapKey`, no `decrypt`. */
const secureWrapping: readonly KeyOperation[] = ["secureWrapKey", "secureUnwrapKey", "wrapKey"];

/** Operations that stand alone. */
const exclusive: { readonly [family: string]: KeyOperation } = {
  "ec-p256": "signHead",
  rsa: "import",
};

function familyOf(type: string): "ec" | "rsa" | "aes" | "secret" | undefined {
  if (isEc(type)) {
    return "ec";
  }
  if (isRsa(type)) {
    return "rsa";
  }
  if (isAes(type)) {
    return "aes";
  }
  return type === "secret-256" ? "secret" : undefined;
}

/** @throws {StrongroomError} `BadParameter` unless class, type and operations go together. */
export function requireProfile(profile: {
  readonly class: string;
  readonly keyType: string;
  readonly operations: readonly string[];
}): KeyProfile {
  const { keyType } = profile;
  const family = familyOf(keyType);
  if (family === undefined) {
    throw new StrongroomError("BadParameter", "the HSM host has no keys of this type");
  }
  const classes = family === "secret" ? ["S"] : ["N", "E"];
  if (!classes.includes(profile.class)) {
    throw new StrongroomError("BadParameter", `keys of type ${keyType} have another class`);
  }
  const operations = [...profile.operations].sort();
  if (
    !mayStandTogether(operations, combinable[family]) &&
    !standsAlone(operations, keyType, family) &&
    !wrapsSecurely(operations, profile.class, family)
  ) {
    throw new StrongroomError("BadParameter", `keys of type ${keyType} have other operations`);
  }
  return { class: profile.class, keyType, operations } as KeyProfile;
}

function mayStandTogether(operations: readonly string[], known: readonly string[] = []): boolean {
  const once = new Set(operations).size === operations.length;
  return once && operations.length > 0 && operations.every((name) => known.includes(name));
}

function standsAlone(operations: readonly string[], type: string, family: string): boolean {
  return (
    operations.length === 1 &&
    [exclusive[type], exclusive[family]].includes(operations[0] as KeyOperation)
  );
}

/** A key that left would unwrap outside whatever it wrapped: such a key stays. */
function wrapsSecurely(
  operations: readonly string[],
  keyClass: string,
  family: keyof typeof combinable,
): boolean {
  const wraps = family === "rsa" || family === "aes";
  return wraps && keyClass === "N" && mayStandTogether(operations, secureWrapping);
}
