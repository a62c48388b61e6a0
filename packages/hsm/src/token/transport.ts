// SPDX-License-Identifier: Apache-2.0
/**
 * How key material that this host has in clear becomes an object: wrapped by OpenSSL under an AES key of the moment, and
 * unwrapped by the token, which then parses PKCS #8 itself. One way in for every type of key, and no private number of a
 * key is ever a value of JavaScript's.
 */

import { createCipheriv } from "node:crypto";
import { concatBytes, fromHex } from "@strongroom/core";
import type { Attributes } from "./attributes.ts";
import type { Handle } from "./pkcs11.ts";
import { importSecret, randomBytes, type Session, unwrapKey, withObject } from "./primitives.ts";

/** Alternative initial value of RFC 5649 section 3, without the length. */
const initialValue = fromHex("a65959a6");

/** RFC 5649 key wrap of `plain` under an AES-256 key, by OpenSSL. */
export function wrapOutside(key: Uint8Array, plain: Uint8Array): Uint8Array {
  const cipher = createCipheriv("id-aes256-wrap-pad", key, initialValue);
  return concatBytes(cipher.update(plain), cipher.final());
}

/** The object that PKCS #8 or secret bytes become under a template; the caller wipes `plain`. */
export function importThroughTransport(
  session: Session,
  keyWrap: number,
  plain: Uint8Array,
  template: Attributes,
): Handle {
  const transport = randomBytes(session, 32);
  try {
    const wrapped = wrapOutside(transport, plain);
    const options = { type: "CKK_AES", uses: ["CKA_UNWRAP"], extractable: false } as const;
    const key = importSecret(session, transport, options);
    return withObject(session, key, () =>
      unwrapKey(session, { mechanism: keyWrap, key }, wrapped, template),
    );
  } finally {
    transport.fill(0);
  }
}
