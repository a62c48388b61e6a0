// SPDX-License-Identifier: Apache-2.0
/** Signing and verifying with a key, wherever it lives. Who has the public key verifies in OpenSSL. */

import type { SignatureAlgorithm as HsmAlgorithm, MacAlgorithm } from "@strongroom/hsm/client";
import { signatureAlgorithmFor } from "./algorithms.ts";
import type { KeyUseDeps, UsedKey } from "./key-use.ts";
import { requireSignable } from "./signature-value.ts";
import type { SignatureParameters } from "./software/ml-dsa.ts";
import { signInSoftware, verifyInSoftware } from "./software/operations.ts";

/** What is signed: a digest, or a message where the algorithm hashes itself. */
export interface Signable extends SignatureParameters {
  readonly value: Uint8Array;
}

/** Signs. @throws {StrongroomError} `BadParameter` for an algorithm or a value that does not go with the key. */
export async function signWithKey(
  { hsm, access }: KeyUseDeps,
  { vault, found, algorithm: name }: UsedKey,
  signable: Signable,
): Promise<Uint8Array> {
  const algorithm = signatureAlgorithmFor(found.version.type, name);
  requireSignable(algorithm, signable.value);
  const opened = await access.open(vault, found);
  return opened.kind === "software"
    ? signInSoftware(opened.key, { ...signable, algorithm })
    : await hsm.sign(opened.blob, name as HsmAlgorithm, signable.value, opened.place);
}

/** Whether `signature` is one of what was signed. @throws {StrongroomError} `BadParameter` as signing does. */
export async function verifyWithKey(
  { hsm, access }: KeyUseDeps,
  { vault, found, algorithm: name }: UsedKey,
  signable: Signable,
  signature: Uint8Array,
): Promise<boolean> {
  const algorithm = signatureAlgorithmFor(found.version.type, name);
  const request = { ...signable, algorithm };
  if (algorithm.family !== "aes") {
    return verifyInSoftware(access.publicKey(found), request, signature);
  }
  requireSignable(algorithm, signable.value);
  const opened = await access.open(vault, found);
  if (opened.kind === "software") {
    return verifyInSoftware(opened.key, request, signature);
  }
  const signed = { message: signable.value, signature };
  return await hsm.verify(opened.blob, name as MacAlgorithm, signed, opened.place);
}
