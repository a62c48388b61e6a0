// SPDX-License-Identifier: Apache-2.0
/** Azure Attestation's claims about a TPM and its attestation key ("Attestation policy version 1.0", "TPM attestation"). */

import { createHash, type KeyObject } from "node:crypto";

/** As JSON. */
export interface AikClaims {
  /** SHA-256 of the SubjectPublicKeyInfo, base64. */
  readonly aikPubHash: string;
  readonly aikValidated: boolean;
  readonly tpmVersion: 2;
}

/** @param aikValidated Whether a trusted root vouches for the key, by its certificate or by that of its TPM. */
export function toAikClaims(key: KeyObject, aikValidated: boolean): AikClaims {
  const spki = key.export({ type: "spki", format: "der" });
  const aikPubHash = createHash("sha256").update(spki).digest("base64");
  return { aikPubHash, aikValidated, tpmVersion: 2 };
}
