// SPDX-License-Identifier: Apache-2.0
/** What an enrolment needs to know of an attestation key before it makes a credential for it. */

import { decide, type Verdict } from "../verdict.ts";
import { checkAttestationKey } from "./check-attributes.ts";
import { parseTpmPublic } from "./parse-tpm-public.ts";
import { tpmName, tpmPublicKey } from "./tpm-key.ts";

/** An attestation key whose attributes are right; that it lives in a TPM is proved by activation alone. */
export interface AttestationKey {
  /** Its name: what `makeCredential` binds a credential to and what `verifyTpmQuote` expects. */
  readonly name: Uint8Array;
}

/** Checks the public area of an attestation key: form, attributes, strength, and that it is a key at all. */
export function assessAttestationKey(akPublic: Uint8Array): Verdict<AttestationKey> {
  return decide(() => {
    const key = parseTpmPublic(akPublic);
    tpmPublicKey(key);
    return checkAttestationKey(key) ?? { kind: "verified", claims: { name: tpmName(key) } };
  });
}
