// SPDX-License-Identifier: Apache-2.0
/** A private key in memory that signs certificates. */

import { type KeyObject, sign } from "node:crypto";
import { promisify } from "node:util";
import { StrongroomError } from "@strongroom/core";
import { spkiOf } from "./public-key.ts";
import { type CertificateAlgorithm, type CertificateSigner, hashOf } from "./signer.ts";

/** Algorithms by OpenSSL's names of curves. */
const byCurve: Readonly<Record<string, CertificateAlgorithm>> = {
  prime256v1: "ES256",
  secp384r1: "ES384",
  secp521r1: "ES512",
  secp256k1: "ES256K",
};

/** Algorithm in which a key signs certificates. @throws {StrongroomError} `BadParameter` if there is none here. */
export function certificateAlgorithmOf(key: KeyObject): CertificateAlgorithm {
  const curve = key.asymmetricKeyDetails?.namedCurve ?? "";
  const algorithm = key.asymmetricKeyType === "rsa" ? "RS256" : byCurve[curve];
  if (algorithm === undefined) {
    throw new StrongroomError("BadParameter", "keys of this type have no certificates here");
  }
  return algorithm;
}

/** Signs with `key`. @throws {StrongroomError} `BadParameter` if it is of a type that has no certificates here. */
export function keySigner(key: KeyObject): CertificateSigner {
  const algorithm = certificateAlgorithmOf(key);
  return {
    algorithm,
    publicKey: spkiOf(key),
    sign: async (message) =>
      new Uint8Array(
        await promisify(sign)(hashOf[algorithm], message, { key, dsaEncoding: "ieee-p1363" }),
      ),
  };
}
