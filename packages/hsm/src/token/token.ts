// SPDX-License-Identifier: Apache-2.0
/** A token that is open: its session, its keys, and what it computes. */

import type { ComputableSet } from "./computable.ts";
import type { ByKek, Generation } from "./keks.ts";
import type { LoadedKeys } from "./loaded-keys.ts";
import type { Handle } from "./pkcs11.ts";
import type { Session } from "./primitives.ts";

/** An open token, valid until a call says that it is lost. */
export interface OpenToken extends Session {
  /** All keys that blobs may be under, newest first; there is one generation at least. */
  readonly generations: readonly OpenGeneration[];
  /** The newest keys, which new blobs are made under. */
  readonly keks: ByKek<Handle>;
  readonly kekIds: ByKek<string>;
  /** The token's mechanism for RFC 5649. */
  readonly keyWrap: number;
  /** What else it computes rightly. */
  readonly computable: ComputableSet;
  /** Who refuses to load a class N key as something weaker: the token itself, or this host alone. */
  readonly enforcedBy: "token" | "host";
  readonly identity: TokenIdentity;
  readonly loaded: LoadedKeys;
}

/** Four keys and their public names. */
export interface OpenGeneration extends Generation {
  readonly kekIds: ByKek<string>;
}

/** What the token says it is. */
export interface TokenIdentity {
  readonly label: string;
  readonly manufacturer: string;
  readonly model: string;
  readonly serial: string;
}
