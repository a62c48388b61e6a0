// SPDX-License-Identifier: Apache-2.0
/** The four curves: names, orders and encodings. SP 800-186 section 3.2, SEC 2 section 2.4.1, RFC 5915. */

import type { HashName } from "../algorithms.ts";
import type { CurveName } from "../key-type.ts";

/** One curve. */
export interface Curve {
  /** Name in node:crypto. */
  readonly openssl: string;
  /** Name in JWKs as node:crypto writes and reads them. */
  readonly jwk: string;
  /** Hash of the curve's one signature algorithm, no longer than the order. */
  readonly hash: HashName;
  /** Bytes of a coordinate and of a scalar. */
  readonly bytes: number;
  /** Order of the group. */
  readonly order: bigint;
  /** The field's prime. */
  readonly prime: bigint;
  /** The object identifier, DER. */
  readonly identifier: readonly number[];
}

/** Curves by Key Vault's names. */
export const curves: Readonly<Record<CurveName, Curve>> = {
  "P-256": {
    openssl: "prime256v1",
    jwk: "P-256",
    hash: "sha256",
    bytes: 32,
    order: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
    prime: 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn,
    identifier: [0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07],
  },
  "P-384": {
    openssl: "secp384r1",
    jwk: "P-384",
    hash: "sha384",
    bytes: 48,
    order:
      0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n,
    prime: 2n ** 384n - 2n ** 128n - 2n ** 96n + 2n ** 32n - 1n,
    identifier: [0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22],
  },
  "P-521": {
    openssl: "secp521r1",
    jwk: "P-521",
    hash: "sha512",
    bytes: 66,
    order:
      0x1fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409n,
    prime: 2n ** 521n - 1n,
    identifier: [0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x23],
  },
  "P-256K": {
    openssl: "secp256k1",
    jwk: "secp256k1",
    hash: "sha256",
    bytes: 32,
    order: 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n,
    prime: 2n ** 256n - 2n ** 32n - 977n,
    identifier: [0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x0a],
  },
};
