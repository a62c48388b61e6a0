// SPDX-License-Identifier: Apache-2.0
/**
 * The key encryption keys, the only keys on the token: what they are, finding them, checking what they may do.
 *
 * They come in generations of four. New keys are wrapped by the newest; older ones stay, after a rotation, until nothing
 * is wrapped by them any more.
 */

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

/** Four keys that were made together. */
export interface Generation {
  /** 1 for the first. */
  readonly number: number;
  readonly keks: ByKek<Handle>;
  /** Whether the token says that KEK-N is trusted; some tokens let nobody say so. */
  readonly trusted: boolean;
}

/** Most generations on a token at a time: each rotation leaves one until it is retired. */
export const maxGenerations = 8;

const onToken = {
  CKA_CLASS: "CKO_SECRET_KEY",
  CKA_TOKEN: true,
  CKA_PRIVATE: true,
  CKA_SENSITIVE: true,
  CKA_EXTRACTABLE: false,
  CKA_MODIFIABLE: false,
} as const;

const aes = { ...onToken, CKA_KEY_TYPE: "CKK_AES" } as const;

/** The exact attributes on the token. One purpose each: a key that wraps and decrypts could decrypt what it wrapped. */
export const kekAttributes: ByKek<Attributes> = {
  n: { ...aes, ...onlyFor("CKA_WRAP", "CKA_UNWRAP") },
  e: { ...aes, ...onlyFor("CKA_WRAP", "CKA_UNWRAP") },
  s: { ...aes, ...onlyFor("CKA_ENCRYPT", "CKA_DECRYPT") },
  a: { ...onToken, CKA_KEY_TYPE: "CKK_GENERIC_SECRET", ...onlyFor("CKA_SIGN") },
};

/** Names of the key encryption keys, in the order in which they are made. */
export const kekNames: readonly KekName[] = ["n", "e", "s", "a"];

/** Label of a key on the token. */
export function kekLabel(name: KekName, generation: number): string {
  return `kek-${name}-${generation}`;
}

/** A value for each key encryption key, computed. */
export function byKek<T>(make: (name: KekName) => T): ByKek<T> {
  return { n: make("n"), e: make("e"), s: make("s"), a: make("a") };
}

/**
 * The token's generations, newest first, and none on a token without keys; the only search there is, made once when the
 * token is opened.
 *
 * @throws {StrongroomError} `HsmRefused` if a key is missing, may do more or less than it must, or is not one of ours.
 */
export function findGenerations(session: Session): readonly Generation[] {
  const keys = new Map(findKeys(session).map((key) => [labelOf(session, key), key]));
  const numbers = new Set([...keys.keys()].map(generationOf));
  const found = [...numbers].sort((a, b) => b - a).map((number) => find(session, keys, number));
  const expected = found.length * kekNames.length;
  if (countKeys(session) !== expected) {
    throw refused(`the token must hold ${expected} keys and holds others`);
  }
  return found;
}

function find(session: Session, keys: ReadonlyMap<string, Handle>, number: number): Generation {
  const keks = byKek((name) => {
    const label = kekLabel(name, number);
    const key = keys.get(label);
    if (key === undefined) {
      throw refused(`the token does not hold one key ${label}`);
    }
    requireAttributes(session, key, name, label);
    return key;
  });
  const trusted = readFlag(session.module, session.handle, keks.n, "CKA_TRUSTED");
  return { number, keks, trusted };
}

function requireAttributes(session: Session, key: Handle, kek: KekName, label: string): void {
  for (const [name, expected] of Object.entries(kekAttributes[kek])) {
    if (!hasAttribute(session, key, name as AttributeName, expected)) {
      throw refused(`${label} has another ${name} than it must`);
    }
  }
}

function generationOf(label: string): number {
  const [, number] = /^kek-[nesa]-([1-9]\d{0,5})$/.exec(label) ?? [];
  if (number === undefined) {
    throw refused("the token holds a key that is not one of ours");
  }
  return Number(number);
}

function labelOf(session: Session, key: Handle): string {
  return readAttribute(session.module, session.handle, key, "CKA_LABEL").toString("utf8");
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

function findKeys(session: Session): readonly Handle[] {
  return findAll(session, { CKA_CLASS: "CKO_SECRET_KEY" });
}

// Tokens hold objects of their own beside keys: PKCS#11 3.0 makes one of each mechanism.
function countKeys(session: Session): number {
  const classes = ["CKO_SECRET_KEY", "CKO_PRIVATE_KEY", "CKO_PUBLIC_KEY"] as const;
  const counts = classes.map((name) => findAll(session, { CKA_CLASS: name }).length);
  return counts.reduce((sum, count) => sum + count, 0);
}

function findAll(session: Session, attributes: Attributes): readonly Handle[] {
  const { module, handle } = session;
  // Session objects are this process's own: another thread has keys loaded while one looks.
  module.C_FindObjectsInit(handle, toTemplate({ CKA_TOKEN: true, ...attributes }));
  try {
    // One more than there may be is enough to see that there are too many.
    return module.C_FindObjects(handle, maxGenerations * kekNames.length + 1);
  } finally {
    module.C_FindObjectsFinal(handle);
  }
}

function refused(message: string): StrongroomError {
  return new StrongroomError("HsmRefused", message);
}
