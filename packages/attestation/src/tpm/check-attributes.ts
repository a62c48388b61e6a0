// SPDX-License-Identifier: Apache-2.0
/** What a key may do, and whether that makes it an attestation or an endorsement key. */

import { equalBytes, fromHex } from "@strongroom/core";
import { type Refused, refuse } from "../verdict.ts";
import { isStrongHash } from "./algorithms.ts";
import { objectAttribute, type TpmPublic } from "./tpm-public.ts";

/** Policy "knows the endorsement hierarchy's secret": TCG EK Credential Profile 2.5, annex B.3.2. */
const endorsementPolicy = fromHex(
  "837197674484b3f81a90cc8d46a5d724fd52d76e06520b64f2a1da1b331469aa",
);

/** Shortest RSA modulus that is accepted, in bits. */
const shortestRsa = 2048;

const bound =
  objectAttribute.fixedTpm | objectAttribute.fixedParent | objectAttribute.sensitiveDataOrigin;

/**
 * Refuses a key that is no attestation key: one that signs only what its TPM made (restricted), was born in that
 * TPM, cannot leave it and cannot decrypt. An unrestricted key would sign a quote that somebody wrote.
 */
export function checkAttestationKey(key: TpmPublic): Refused | undefined {
  const required = bound | objectAttribute.restricted | objectAttribute.sign;
  if (!hasExactly(key, required, objectAttribute.decrypt)) {
    return refuse("untrusted-chain", "the attestation key is no restricted signing key");
  }
  if (key.scheme === undefined || !isStrongHash(key.scheme.hash)) {
    return refuse("policy-denied", "the attestation key has no scheme with a strong hash");
  }
  return checkStrength(key);
}

/** Refuses a key that is no endorsement key of the default templates (TCG EK Credential Profile 2.5, annex B.3). */
export function checkEndorsementKey(key: TpmPublic): Refused | undefined {
  const required = bound | objectAttribute.restricted | objectAttribute.decrypt;
  if (!hasExactly(key, required, objectAttribute.sign)) {
    return refuse("untrusted-chain", "the endorsement key is no restricted decryption key");
  }
  if (key.nameAlgorithm === "sha256" && !equalBytes(key.authPolicy, endorsementPolicy)) {
    return refuse("untrusted-chain", "the endorsement key has another policy");
  }
  return checkStrength(key);
}

function hasExactly(key: TpmPublic, required: number, forbidden: number): boolean {
  return (key.attributes & required) === required && (key.attributes & forbidden) === 0;
}

function checkStrength(key: TpmPublic): Refused | undefined {
  if (!isStrongHash(key.nameAlgorithm)) {
    return refuse("policy-denied", `names by ${key.nameAlgorithm} are not accepted`);
  }
  if (key.type === "rsa" && (key.keyBits < shortestRsa || key.exponent < 65537)) {
    return refuse("policy-denied", `rsa key of ${key.keyBits} bits, exponent ${key.exponent}`);
  }
  return undefined;
}
