// SPDX-License-Identifier: Apache-2.0
/** The four key encryption keys, the only objects on the token: what they are, finding them, checking what they may do. */

import { StrongroomError } from "@strongroom/core";
import {
  type AttributeName,
  type Attributes,
  onlyFor,
  readAttribute,
  readFlag,
  toTemplate,
} from "./attributes.ts";
import type { Handle } from "./pkcs11.ts";
import type { Session } from "./primitives.ts";

/** N wraps what never leaves, E what may be released, S data keys; A authenticates every blob. */
export type KekName = "n" | "e" | "s" | "a";

/** A value for each key encryption key. */
export type ByKek<T> = { readonly [name in KekName]: T };

/** What one key encryption key must be. */
export interface KekProfile {
  readonly label: string;
  /** The exact attributes on the token. */
  readonly attributes: Attributes;
}

const onToken = {
  CKA_CLASS: "CKO_SECRET_KEY",
  CKA_TOKEN: true,
  CKA_PRIVATE: true,
  CKA_SENSITIVE: true,
  CKA_EXTRACTABLE: false,
  CKA_MODIFIABLE: false,
} as const;

const aes = { ...onToken, CKA_KEY_TYPE: "CKK_AES" } as const;

/** One purpose each: a key that wraps and decrypts could be made to decrypt what it wrapped. */
export const kekProfiles: ByKek<KekProfile> = {
  n: {
    label: "kek-n-1",
    attributes: { ...aes, CKA_TRUSTED: true, ...onlyFor("CKA_WRAP", "CKA_UNWRAP") },
  },
  e: {
    label: "kek-e-1",
    attributes: { ...aes, ...onlyFor("CKA_WRAP", "CKA_UNWRAP") },
  },
  s: {
    label: "kek-s-1",
    attributes: { ...aes, ...onlyFor("CKA_ENCRYPT", "CKA_DECRYPT") },
  },
  a: {
    label: "kek-a-1",
    attributes: { ...onToken, CKA_KEY_TYPE: "CKK_GENERIC_SECRET", ...onlyFor("CKA_SIGN") },
  },
};

/** Names of the key encryption keys, in the order in which they are made. */
export const kekNames: readonly KekName[] = ["n", "e", "s", "a"];

/** A value for each key encryption key, computed. */
export function byKek<T>(make: (name: KekName) => T): ByKek<T> {
  return { n: make("n"), e: make("e"), s: make("s"), a: make("a") };
}

/**
 * Handles of the four keys; the only search there is, made once when the token is opened.
 *
 * @throws {StrongroomError} `HsmRefused` if one is missing, may do more or less than it must, or is not alone.
 */
export function findKeks(session: Session): ByKek<Handle> {
  const objects = findAll(session, {});
  if (objects.length !== kekNames.length) {
    const message = `the token must hold ${kekNames.length} objects and holds ${objects.length}`;
    throw new StrongroomError("HsmRefused", message);
  }
  return byKek((name) => findKek(session, kekProfiles[name]));
}

function findKek(session: Session, profile: KekProfile): Handle {
  const [key, another] = findAll(session, { CKA_LABEL: profile.label });
  if (key === undefined || another !== undefined) {
    throw new StrongroomError("HsmRefused", `the token does not hold one key ${profile.label}`);
  }
  for (const [name, expected] of Object.entries(profile.attributes)) {
    if (!hasAttribute(session, key, name as AttributeName, expected)) {
      throw new StrongroomError("HsmRefused", `${profile.label} has another ${name} than it must`);
    }
  }
  return key;
}

function hasAttribute(
  session: Session,
  key: Handle,
  name: AttributeName,
  expected: boolean | number | string | Uint8Array,
): boolean {
  if (typeof expected === "boolean") {
    return readFlag(session.module, session.handle, key, name) === expected;
  }
  const [attribute] = toTemplate({ [name]: expected });
  const actual = readAttribute(session.module, session.handle, key, name);
  return actual.length > 0 && actual.readUIntLE(0, Math.min(actual.length, 6)) === attribute?.value;
}

function findAll(session: Session, attributes: Attributes): readonly Handle[] {
  const { module, handle } = session;
  module.C_FindObjectsInit(handle, toTemplate(attributes));
  try {
    // One more than there may be is enough to see that there are too many.
    return module.C_FindObjects(handle, kekNames.length + 1);
  } finally {
    module.C_FindObjectsFinal(handle);
  }
}
