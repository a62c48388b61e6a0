// SPDX-License-Identifier: Apache-2.0
/** HS256, HS384 and HS512 (RFC 7518 section 3.2) over the bytes that the caller gives. */

import { createHmac, type KeyObject } from "node:crypto";
import { equalBytes } from "@strongroom/core";
import type { HashName } from "../algorithms.ts";

/** The code, as long as the hash. */
export function signHmac(hash: HashName, key: KeyObject, value: Uint8Array): Uint8Array {
  return new Uint8Array(createHmac(hash, key).update(value).digest());
}

/** Whether `code` is the whole code of `value`; a truncated one is not. */
export function verifyHmac(
  hash: HashName,
  key: KeyObject,
  value: Uint8Array,
  code: Uint8Array,
): boolean {
  return equalBytes(signHmac(hash, key, value), code);
}
