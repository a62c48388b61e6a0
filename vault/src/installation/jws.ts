// SPDX-License-Identifier: Apache-2.0
/** Compact JWS, ES256, by a key in the HSM: the part of RFC 7515 that a signer outside the process needs. */

import { toBase64url, utf8 } from "@strongroom/core";
import type { SignMessage } from "./signing-key.ts";

/** Signs `payload` as JSON. `alg` is ES256 whatever the caller's header says. */
export async function signJws(
  header: Readonly<Record<string, unknown>>,
  payload: Readonly<Record<string, unknown>>,
  sign: SignMessage,
): Promise<string> {
  const encoded = [{ ...header, alg: "ES256" }, payload]
    .map((part) => toBase64url(utf8(JSON.stringify(part))))
    .join(".");
  const signature = await sign(utf8(encoded));
  return `${encoded}.${toBase64url(signature)}`;
}
