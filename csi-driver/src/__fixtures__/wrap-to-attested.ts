// SPDX-License-Identifier: Apache-2.0
/** A data key as a vault wraps it to an attested key: RSA-AES key wrap in Azure's transfer blob. */

import { constants, createCipheriv, createPublicKey, publicEncrypt } from "node:crypto";
import { concatBytes, fromHex, toBase64url, utf8 } from "@strongroom/core";

/** An attested RSA key; a JWK. */
interface AttestedKey {
  readonly kid?: string;
  readonly kty?: string;
  readonly n?: string;
  readonly e?: string;
}

/** RSA-OAEP of a carrier, then RFC 5649 under it. */
export function wrapToAttested(
  { kty = "", n = "", e = "" }: AttestedKey,
  plain: Uint8Array,
  oaepHash = "sha256",
): Uint8Array {
  const carrier = new Uint8Array(32).fill(9);
  const key = createPublicKey({ key: { kty, n, e }, format: "jwk" });
  const padding = constants.RSA_PKCS1_OAEP_PADDING;
  const head = publicEncrypt({ key, padding, oaepHash }, carrier);
  const cipher = createCipheriv("id-aes256-wrap-pad", carrier, fromHex("a65959a6"));
  return concatBytes(head, cipher.update(plain), cipher.final());
}

/** The blob, JSON in base64url. */
export function toKeyHsm(
  { kid = "" }: AttestedKey,
  ciphertext: Uint8Array,
  change: { readonly header?: object; readonly blob?: object } = {},
): string {
  const content = {
    schema_version: "1.0",
    header: { kid, alg: "dir", enc: "RSA_AES_KEY_WRAP_256", ...change.header },
    ciphertext: toBase64url(ciphertext),
    ...change.blob,
  };
  return toBase64url(utf8(JSON.stringify(content)));
}
