// SPDX-License-Identifier: Apache-2.0
/**
 * RSA decryption in the token.
 *
 * Where the token knows OAEP's hash function it takes the padding off as well. Where it does not, and for PKCS #1 padding
 * always, it computes the bare RSA operation, and the host takes the padding off without telling why it could not.
 */

import { StrongroomError } from "@strongroom/core";
import pkcs11js, { type Mechanism } from "pkcs11js";
import { type HashName, type RsaDecryptionAlgorithm, rsaDecryptions } from "../keys/algorithms.ts";
import { isRsa, rsaBits } from "../keys/key-types.ts";
import { decryptWith } from "./aes-ciphers.ts";
import { requireComputable } from "./computable.ts";
import type { OpenToken } from "./token.ts";
import { findKey, type KeyUseRequest, objectOf } from "./use-key.ts";

/** The message, or the padded message that it is in; the caller wipes either. */
export type RsaDecrypted =
  | { readonly kind: "message"; readonly bytes: Uint8Array }
  | { readonly kind: "padded"; readonly block: Uint8Array };

/** @throws {StrongroomError} `HsmBlobRejected`; `BadParameter` if the ciphertext, or the algorithm, is not of this key. */
export function decryptRsa(
  token: OpenToken,
  use: KeyUseRequest,
  algorithm: RsaDecryptionAlgorithm,
  ciphertext: Uint8Array,
): RsaDecrypted {
  const key = findKey(token, use);
  const { keyType } = key.header;
  if (!isRsa(keyType)) {
    throw new StrongroomError("BadParameter", `${algorithm} does not go with this type of key`);
  }
  if (ciphertext.length !== rsaBits[keyType] / 8) {
    throw new StrongroomError("BadParameter", "an RSA ciphertext is as long as its key's modulus");
  }
  const { hash } = rsaDecryptions[algorithm];
  const object = objectOf(token, key, "decrypt");
  if (hash !== undefined && token.computable.has(`OAEP-decrypt/${hash}`)) {
    return { kind: "message", bytes: decryptWith(token, object, oaep(hash), ciphertext) };
  }
  requireComputable(token, "RSA-raw", algorithm);
  return { kind: "padded", block: decryptRaw(token, object, ciphertext) };
}

/** The bare RSA operation: a block as long as the modulus. */
export function decryptRaw(
  token: Parameters<typeof decryptWith>[0],
  object: Parameters<typeof decryptWith>[1],
  ciphertext: Uint8Array,
): Uint8Array {
  const plain = decryptWith(token, object, { mechanism: pkcs11js.CKM_RSA_X_509 }, ciphertext);
  if (plain.length === ciphertext.length) {
    return plain;
  }
  // Some tokens leave leading zeros out.
  const block = new Uint8Array(ciphertext.length);
  block.set(plain, block.length - plain.length);
  plain.fill(0);
  return block;
}

const oaepHashes: { readonly [hash in HashName]: readonly [hash: number, mgf: number] } = {
  "SHA-1": [pkcs11js.CKM_SHA_1, pkcs11js.CKG_MGF1_SHA1],
  "SHA-256": [pkcs11js.CKM_SHA256, pkcs11js.CKG_MGF1_SHA256],
  "SHA-384": [pkcs11js.CKM_SHA384, pkcs11js.CKG_MGF1_SHA384],
  "SHA-512": [pkcs11js.CKM_SHA512, pkcs11js.CKG_MGF1_SHA512],
};

/** CKZ_DATA_SPECIFIED: the label is in the parameters, where it is empty. */
const labelSpecified = 1;

/** OAEP with an empty label and MGF1 of the same hash function. */
export function oaep(hash: HashName): Mechanism {
  const [hashAlg, mgf] = oaepHashes[hash];
  const parameter: pkcs11js.RsaOAEP = {
    type: pkcs11js.CK_PARAMS_RSA_OAEP,
    hashAlg,
    mgf,
    source: labelSpecified,
  };
  return { mechanism: pkcs11js.CKM_RSA_PKCS_OAEP, parameter };
}
