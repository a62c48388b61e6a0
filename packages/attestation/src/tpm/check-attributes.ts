// SPDX-License-Identifier: Apache-2.0
/** What a key may do, and whether that makes it an attestation key. */

import { type Refused, refuse } from "../verdict.ts";
import { isStrongHash } from "./algorithms.ts";
import { objectAttribute, type TpmPublic } from "./tpm-public.ts";

/** Shortest RSA modulus that is accepted, in bits. */
const shortestRsa = 2048;

const required =
  objectAttribute.fixedTpm |
  objectAttribute.fixedParent |
  objectAttribute.sensitiveDataOrigin |
  objectAttribute.restricted |
  objectAttribute.sign;

/**
 * Refuses a key that is no attestation key: one that signs only what its TPM made (restricted), was born in that
 * TPM, cannot leave it and cannot decrypt. An unrestricted key would sign a quote that somebody wrote.
 */
export function checkAttestationKey(key: TpmPublic): Refused | undefined {
  if ((key.attributes & (required | objectAttribute.decrypt)) !== required) {
    return refuse("untrusted-chain", "the attestation key is no restricted signing key");
  }
  if (key.scheme === undefined || !isStrongHash(key.scheme.hash)) {
    return refuse("policy-denied", "the attestation key has no scheme with a strong hash");
  }
  return checkStrength(key);
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
