// SPDX-License-Identifier: Apache-2.0
/** The types of keys and the sizes that go with them. Nothing here loads native code. */

/**
 * Curves: object identifier (DER), bytes of a coordinate, names in JWK and OpenSSL. RFC 5480 section 2.1.1.1, SEC 2 section 2.4.1.
 *
 * `ec-p256k` is secp256k1.
 */
export const curves = {
  "ec-p256": { oid: "06082a8648ce3d030107", bytes: 32, jwk: "P-256", openSslName: "prime256v1" },
  "ec-p384": { oid: "06052b81040022", bytes: 48, jwk: "P-384", openSslName: "secp384r1" },
  "ec-p521": { oid: "06052b81040023", bytes: 66, jwk: "P-521", openSslName: "secp521r1" },
  "ec-p256k": { oid: "06052b8104000a", bytes: 32, jwk: "secp256k1", openSslName: "secp256k1" },
} as const;

/** Bits of an RSA modulus. */
export const rsaBits = { "rsa-2048": 2048, "rsa-3072": 3072, "rsa-4096": 4096 } as const;

/** Bytes of an AES key. */
export const aesBytes = { "aes-128": 16, "aes-192": 24, "aes-256": 32 } as const;

/** Type of an elliptic curve key. */
export type EcKeyType = keyof typeof curves;

/** Type of an RSA key. */
export type RsaKeyType = keyof typeof rsaBits;

/** Type of a symmetric key. */
export type AesKeyType = keyof typeof aesBytes;

/** Type of a key of classes N and E. */
export type KeyType = EcKeyType | RsaKeyType | AesKeyType;

/** Whether `type` is an elliptic curve's. */
export function isEc(type: string): type is EcKeyType {
  return Object.hasOwn(curves, type);
}

/** Whether `type` is RSA. */
export function isRsa(type: string): type is RsaKeyType {
  return Object.hasOwn(rsaBits, type);
}

/** Whether `type` is symmetric. */
export function isAes(type: string): type is AesKeyType {
  return Object.hasOwn(aesBytes, type);
}
