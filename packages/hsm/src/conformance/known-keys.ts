// SPDX-License-Identifier: Apache-2.0
/** Keys that a suite knows: made by OpenSSL, and handed to an HSM to see what it does with them. */

import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { aesBytes, curves, isAes, isEc, type KeyType, rsaBits } from "../keys/key-types.ts";

/** A key that the suite knows. */
export interface KnownKey {
  readonly type: KeyType;
  /** PKCS #8 (DER), or an AES key's bytes. */
  readonly material: Uint8Array;
  /** SubjectPublicKeyInfo, DER; empty for symmetric keys. */
  readonly publicKey: Uint8Array;
  /** The private half, for OpenSSL. */
  readonly privateKey: KeyObject | undefined;
}

/** A key of `type`; AES keys are always the same, so that answers of others can be written down. */
export function makeKnownKey(type: KeyType): KnownKey {
  if (isAes(type)) {
    const material = Uint8Array.from({ length: aesBytes[type] }, (_, index) => index);
    return { type, material, publicKey: new Uint8Array(0), privateKey: undefined };
  }
  const { publicKey, privateKey } = isEc(type)
    ? generateKeyPairSync("ec", { namedCurve: curves[type].openSslName })
    : generateKeyPairSync("rsa", { modulusLength: rsaBits[type] });
  return {
    type,
    material: privateKey.export({ format: "der", type: "pkcs8" }),
    publicKey: publicKey.export({ format: "der", type: "spki" }),
    privateKey,
  };
}

/** Every type of key. */
export const allTypes: readonly KeyType[] = [
  ...(Object.keys(curves) as KeyType[]),
  ...(Object.keys(rsaBits) as KeyType[]),
  ...(Object.keys(aesBytes) as KeyType[]),
];
