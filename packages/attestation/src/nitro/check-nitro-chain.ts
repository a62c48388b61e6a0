// SPDX-License-Identifier: Apache-2.0
/** The chain of an attestation document: in its order, P-384 throughout, up to a pinned root. RFC 5280 section 6.1. */

import { type Refused, refuse } from "../verdict.ts";
import { type Certificate, isIssuedBy } from "../x509/certificate.ts";
import { checkP384Certificate } from "../x509/check-p384-certificate.ts";

/**
 * Refuses a chain, leaf first and root last, that is not valid at `at`; whether the root is trusted is for the caller.
 *
 * Revocation is not asked for: AWS has it so, its leaves live three hours.
 */
export function checkNitroChain(chain: readonly Certificate[], at: Date): Refused | undefined {
  for (const [position, certificate] of chain.entries()) {
    const refused = isIssuedBy(certificate, chain[position + 1] ?? certificate)
      ? checkP384Certificate(certificate, position, at)
      : refuse("untrusted-chain", "a certificate was not signed by the next one of the chain");
    if (refused !== undefined) {
      return refused;
    }
  }
  return undefined;
}
