// SPDX-License-Identifier: Apache-2.0
/** Canonical JSON: one spelling of a value, for what is signed, MACed or hashed. RFC 8785. */

import canonicalize from "canonicalize";
import { utf8 } from "./bytes.ts";
import { StrongroomError } from "./errors.ts";

/** What JSON can hold. */
export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue | undefined };

/** UTF-8 bytes of the canonical spelling; members that are `undefined` are left out. */
export function canonicalJson(value: JsonValue): Uint8Array<ArrayBuffer> {
  const text = canonicalize(value);
  if (text === undefined) {
    throw new StrongroomError("Internal", "value has no JSON spelling");
  }
  return utf8(text);
}
