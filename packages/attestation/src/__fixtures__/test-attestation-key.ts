// SPDX-License-Identifier: Apache-2.0
/** An attestation key in software that signs whatever a test wants, also what no TPM would. */

import { constants, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { concatBytes, fromBase64url, u32be } from "@strongroom/core";
import { type TpmHash, tpmAlgorithm } from "../tpm/algorithms.ts";
import { tpm2b, u16be } from "../tpm/encode.ts";
import { objectAttribute } from "../tpm/tpm-public.ts";

/** Attributes of an attestation key as a TPM makes them. */
export const akAttributes =
  objectAttribute.fixedTpm |
  objectAttribute.fixedParent |
  objectAttribute.sensitiveDataOrigin |
  objectAttribute.userWithAuth |
  objectAttribute.restricted |
  objectAttribute.sign;

/** What to do differently. */
export interface KeyChanges {
  readonly attributes?: number;
  readonly hash?: TpmHash;
  readonly keyBits?: number;
}

/** A key with its TPMT_PUBLIC and its signatures as TPMT_SIGNATURE. */
export interface TestAttestationKey {
  readonly akPublic: Uint8Array;
  readonly sign: (message: Uint8Array) => Uint8Array;
}

/** An ECDSA P-256 key. */
export function ecdsaKey({ attributes = akAttributes, hash = "sha256" }: KeyChanges = {}) {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return {
    akPublic: eccPublic(publicKey, attributes, hash),
    sign: (message: Uint8Array) => {
      const value = sign(hash, message, { key: privateKey, dsaEncoding: "ieee-p1363" });
      return ecdsaSignature(value.subarray(0, 32), value.subarray(32), hash);
    },
  } satisfies TestAttestationKey;
}

/** TPMT_SIGNATURE of ECDSA with these components. */
export function ecdsaSignature(r: Uint8Array, s: Uint8Array, hash: TpmHash = "sha256") {
  return concatBytes(u16be(tpmAlgorithm.ecdsa), u16be(tpmAlgorithm[hash]), tpm2b(r), tpm2b(s));
}

/** An RSA key with the scheme RSASSA or RSAPSS. */
export function rsaKey(scheme: "rsassa" | "rsapss", changes: KeyChanges = {}) {
  const { attributes = akAttributes, hash = "sha256", keyBits = 2048 } = changes;
  const pair = generateKeyPairSync("rsa", { modulusLength: keyBits });
  const padding =
    scheme === "rsapss" ? constants.RSA_PKCS1_PSS_PADDING : constants.RSA_PKCS1_PADDING;
  const header = concatBytes(u16be(tpmAlgorithm[scheme]), u16be(tpmAlgorithm[hash]));
  return {
    akPublic: rsaPublic(pair.publicKey, header, attributes),
    sign: (message: Uint8Array) =>
      concatBytes(header, tpm2b(sign(hash, message, { key: pair.privateKey, padding }))),
  } satisfies TestAttestationKey;
}

/** TPMT_PUBLIC of an RSA key with `scheme` as its encoded scheme. */
export function rsaPublic(key: KeyObject, scheme: Uint8Array, attributes = akAttributes) {
  const modulus = fromBase64url(key.export({ format: "jwk" }).n ?? "");
  return concatBytes(
    ...[
      u16be(tpmAlgorithm.rsa),
      u16be(tpmAlgorithm.sha256),
      u32be(attributes),
      tpm2b(new Uint8Array()),
    ],
    ...[u16be(tpmAlgorithm.null), scheme, u16be(modulus.length * 8), u32be(0), tpm2b(modulus)],
  );
}

function eccPublic(key: KeyObject, attributes: number, hash: TpmHash): Uint8Array {
  const { x = "", y = "" } = key.export({ format: "jwk" });
  return concatBytes(
    ...[
      u16be(tpmAlgorithm.ecc),
      u16be(tpmAlgorithm.sha256),
      u32be(attributes),
      tpm2b(new Uint8Array()),
    ],
    ...[u16be(tpmAlgorithm.null), u16be(tpmAlgorithm.ecdsa), u16be(tpmAlgorithm[hash]), u16be(3)],
    ...[u16be(tpmAlgorithm.null), tpm2b(fromBase64url(x)), tpm2b(fromBase64url(y))],
  );
}
