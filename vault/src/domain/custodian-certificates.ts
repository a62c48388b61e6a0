// SPDX-License-Identifier: Apache-2.0
/** Custodians' certificates out of JSON Web Keys. RFC 7517 section 4.7: the first of `x5c` is the key's own. */

import { StrongroomError } from "@strongroom/core";

const base64 = /^[A-Za-z0-9+/]+={0,2}$/;

/** DER of each key's certificate. @throws {StrongroomError} `BadParameter` if one is not base64. */
export function toCertificates(
  keys: readonly { readonly x5c: readonly string[] }[],
): readonly Uint8Array[] {
  return keys.map(({ x5c: [first = ""] }) => {
    // Some clients send base64url.
    const text = first.replaceAll("-", "+").replaceAll("_", "/");
    if (!base64.test(text)) {
      throw new StrongroomError("BadParameter", "x5c holds certificates in base64");
    }
    return new Uint8Array(Buffer.from(text, "base64"));
  });
}
