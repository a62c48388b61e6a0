// SPDX-License-Identifier: Apache-2.0
/** Encrypting, wrapping and back with a key, wherever it lives. RSA's public half runs in OpenSSL. */

import { StrongroomError } from "@strongroom/core";
import type {
  DecryptionAlgorithm,
  EncryptionAlgorithm as HsmEncryption,
  UnwrapAlgorithm,
  WrapAlgorithm,
} from "@strongroom/hsm/client";
import { type EncryptionAlgorithm, encryptionAlgorithmFor } from "./algorithms.ts";
import { type Encrypted, requireDecryptable, requireEncryptable } from "./cipher-parameters.ts";
import type { OpenedKey } from "./key-access.ts";
import type { KeyUseDeps, UsedKey } from "./key-use.ts";
import { decryptInSoftware, encryptInSoftware } from "./software/operations.ts";

type HsmKey = Extract<OpenedKey, { readonly kind: "hsm" }>;

/** Encrypts data, or wraps a key. */
export type CipherPurpose = "data" | "key";

/** Encrypts or wraps. @throws {StrongroomError} `BadParameter` for what does not go together. */
export async function encryptWithKey(
  deps: KeyUseDeps,
  used: UsedKey,
  purpose: CipherPurpose,
  plain: Encrypted,
): Promise<Encrypted> {
  const algorithm = algorithmFor(used, purpose);
  if (algorithm.family === "rsa") {
    return encryptInSoftware(algorithm, deps.access.publicKey(used.found), plain);
  }
  requireEncryptable(algorithm, plain);
  const opened = await deps.access.open(used.vault, used.found);
  if (opened.kind === "software") {
    return encryptInSoftware(algorithm, opened.key, plain);
  }
  return purpose === "key"
    ? { bytes: await wrapInHsm(deps, used, opened, plain) }
    : await encryptInHsm(deps, used, opened, plain);
}

/** Decrypts or unwraps; the caller wipes the result. @throws {StrongroomError} `BadParameter`, one for all reasons. */
export async function decryptWithKey(
  { hsm, access }: KeyUseDeps,
  used: UsedKey,
  purpose: CipherPurpose,
  encrypted: Encrypted,
): Promise<Uint8Array> {
  const algorithm = algorithmFor(used, purpose);
  if (algorithm.family === "aes") {
    requireDecryptable(algorithm, encrypted);
  }
  const opened = await access.open(used.vault, used.found);
  if (opened.kind === "software") {
    return decryptInSoftware(algorithm, opened.key, encrypted);
  }
  const { bytes, ...parameters } = encrypted;
  const { blob, place } = opened;
  if (purpose === "key") {
    return await hsm.unwrap(blob, used.algorithm as UnwrapAlgorithm, bytes, place);
  }
  const input = { ciphertext: bytes, ...present(parameters) };
  return await hsm.decrypt(blob, used.algorithm as DecryptionAlgorithm, input, place);
}

async function encryptInHsm(
  { hsm }: KeyUseDeps,
  { algorithm }: UsedKey,
  { blob, place }: HsmKey,
  { bytes, iv, aad }: Encrypted,
): Promise<Encrypted> {
  const input = { plaintext: bytes, ...present({ iv, aad }) };
  const made = await hsm.encrypt(blob, algorithm as HsmEncryption, input, place);
  const tag = made.tag.length === 0 ? undefined : made.tag;
  return { bytes: made.ciphertext, iv: made.iv, ...present({ tag, aad }) };
}

async function wrapInHsm(
  { hsm }: KeyUseDeps,
  { algorithm }: UsedKey,
  { blob, place }: HsmKey,
  { bytes }: Encrypted,
): Promise<Uint8Array> {
  return await hsm.wrap(blob, algorithm as WrapAlgorithm, bytes, place);
}

/** Data is encrypted with GCM and CBC, keys are wrapped with KW; RSA does both. */
function algorithmFor({ found, algorithm: name }: UsedKey, purpose: CipherPurpose) {
  const algorithm: EncryptionAlgorithm = encryptionAlgorithmFor(found.version.type, name);
  const wraps = algorithm.family === "aes" && algorithm.mode.startsWith("kw");
  if (algorithm.family === "aes" && wraps !== (purpose === "key")) {
    const what = purpose === "key" ? "wrap keys" : "encrypt data";
    throw new StrongroomError("BadParameter", `the algorithm does not ${what}`);
  }
  return algorithm;
}

function present(parameters: Omit<Encrypted, "bytes">): Record<string, Uint8Array> {
  const given = Object.entries(parameters).filter(([, bytes]) => bytes !== undefined);
  return Object.fromEntries(given) as Record<string, Uint8Array>;
}
