// SPDX-License-Identifier: Apache-2.0
/** TPM2_MakeCredential without a TPM: a secret that only one TPM can open, and only if it holds a certain key. */

import { createCipheriv, createHmac, getRandomValues } from "node:crypto";
import { concatBytes, StrongroomError } from "@strongroom/core";
import { digestBytes } from "./algorithms.ts";
import { tpm2b } from "./encode.ts";
import type { EndorsementKey } from "./endorsement-key.ts";
import { kdfa } from "./key-derivation.ts";
import { protectSeed } from "./protect-seed.ts";

/** Whom a credential is for. */
export interface CredentialRequest {
  /** Key of the TPM that shall open it, out of a verified certificate. */
  readonly ekPublic: EndorsementKey;
  /** Name of the attestation key that must be in the same TPM. */
  readonly akName: Uint8Array;
  /** 1 byte up to the digest size of the endorsement key's name hash. */
  readonly secret: Uint8Array;
}

/** A credential as TPM2_ActivateCredential takes it; both are TPM2B, with their sizes. */
export interface Credential {
  /** TPM2B_ID_OBJECT. */
  readonly credentialBlob: Uint8Array;
  /** TPM2B_ENCRYPTED_SECRET. */
  readonly encryptedSecret: Uint8Array;
}

/**
 * Makes a credential with fresh randomness.
 *
 * @throws {StrongroomError} `BadParameter` if the secret is empty or too long.
 * @see TPM 2.0 Part 1, section 24 (credential protection)
 */
export function makeCredential(request: CredentialRequest): Credential {
  const { seed, encryptedSecret } = protectSeed(request.ekPublic, freshSeed);
  try {
    return { credentialBlob: sealIdentity(request, seed), encryptedSecret };
  } finally {
    seed.fill(0);
  }
}

/** The credential with a seed of the caller's: for the published test vector alone. */
export function makeCredentialWithSeed(request: CredentialRequest, seed: Uint8Array): Credential {
  const { encryptedSecret } = protectSeed(request.ekPublic, () => seed);
  return { credentialBlob: sealIdentity(request, seed), encryptedSecret };
}

function freshSeed(bytes: number): Uint8Array {
  return getRandomValues(new Uint8Array(bytes));
}

// TPM 2.0 Part 1, sections 24.4 and 24.5: encrypt with the STORAGE key, then MAC with the INTEGRITY key over
// ciphertext and name, which ties the secret to that one attestation key.
function sealIdentity(request: CredentialRequest, seed: Uint8Array): Uint8Array<ArrayBuffer> {
  const { nameAlgorithm: hash, symmetricBits } = request.ekPublic.parameters;
  if (request.secret.length === 0 || request.secret.length > digestBytes[hash]) {
    throw new StrongroomError("BadParameter", `a credential holds 1 to ${digestBytes[hash]} bytes`);
  }
  const contextU = request.akName;
  const key = kdfa(seed, { hash, label: "STORAGE", contextU, bits: symmetricBits });
  const cipher = createCipheriv(`aes-${symmetricBits}-cfb`, key, new Uint8Array(16));
  const encrypted = concatBytes(cipher.update(tpm2b(request.secret)), cipher.final());
  const macKey = kdfa(seed, { hash, label: "INTEGRITY", bits: digestBytes[hash] * 8 });
  const mac = createHmac(hash, macKey).update(encrypted).update(request.akName).digest();
  return tpm2b(concatBytes(tpm2b(mac), encrypted));
}
