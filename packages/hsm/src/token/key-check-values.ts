// SPDX-License-Identifier: Apache-2.0
/**
 * Names of the key encryption keys that anyone may know: the first 16 bytes, in hexadecimal, of
 *
 * - N, E: RFC 5649 key wrap of 32 bytes 0x5A;
 * - S: AES-256-GCM ciphertext (without the tag) of 16 zero bytes under the all-ones IV. The usual construction, the
 *   encrypted zero block, would be GCM's own hash key;
 * - A: HMAC-SHA-256 of `strongroom/kcv/v1`, which no blob begins with.
 *
 * Each is a one-way function of its key, computed by an operation for which the key exists.
 */

import { toHex, utf8 } from "@strongroom/core";
import { type ByKek, byKek, type KekName } from "./keks.ts";
import type { Handle } from "./pkcs11.ts";
import {
  gcmEncrypt,
  gcmIvBytes,
  hmacSha256,
  importSecret,
  type Session,
  withObject,
  wrapKey,
} from "./primitives.ts";

const checkValueBytes = 16;

/** Key check values of the four keys, 32 hexadecimal characters each. */
export function keyCheckValues(
  session: Session,
  keks: ByKek<Handle>,
  keyWrap: number,
): ByKek<string> {
  const compute: { readonly [name in KekName]: () => Uint8Array } = {
    n: () => wrapConstant(session, { mechanism: keyWrap, key: keks.n }),
    e: () => wrapConstant(session, { mechanism: keyWrap, key: keks.e }),
    s: () => {
      const input = { iv: new Uint8Array(gcmIvBytes).fill(0xff), aad: utf8("kcv") };
      return gcmEncrypt(session, keks.s, input, new Uint8Array(checkValueBytes));
    },
    a: () => hmacSha256(session, keks.a, utf8("strongroom/kcv/v1")),
  };
  return byKek((name) => toHex(compute[name]().subarray(0, checkValueBytes)));
}

function wrapConstant(
  session: Session,
  by: { readonly mechanism: number; readonly key: Handle },
): Uint8Array {
  const constant = importSecret(session, new Uint8Array(32).fill(0x5a), {
    type: "CKK_GENERIC_SECRET",
    uses: [],
    extractable: true,
  });
  return withObject(session, constant, () => wrapKey(session, by, constant));
}
