// SPDX-License-Identifier: Apache-2.0
/** Paths of certificates to NVIDIA's roots, of devices' keys and of reference values' signers. */

import type { Refused } from "../verdict.ts";
import { checkOcsp, type OcspEndorsement } from "../x509/check-ocsp.ts";
import { checkP384Certificate } from "../x509/check-p384-certificate.ts";
import type { CertificatePath } from "../x509/find-paths.ts";

/** Responses about the certificates below the root; `unbound`: nobody has to be asked. */
export type Revocation = readonly OcspEndorsement[] | "unbound";

/** Refuses a path with a certificate that is not for its place, or not valid at `at`. */
export function checkNvidiaPath(path: CertificatePath, at: Date): Refused | undefined {
  for (const [position, certificate] of path.entries()) {
    const refused = checkP384Certificate(certificate, position, at);
    if (refused !== undefined) {
      return refused;
    }
  }
  return undefined;
}

/** Asks for a response about every certificate of the path below the root, from the one at `first` on. */
export function checkRevocation(
  path: CertificatePath,
  first: 0 | 1,
  responses: Revocation,
  at: Date,
): Refused | undefined {
  if (responses === "unbound") {
    return undefined;
  }
  for (const [index, certificate] of path.slice(first, -1).entries()) {
    const issuer = path[index + first + 1];
    const refused = issuer && checkOcsp(certificate, issuer, responses, at);
    if (refused !== undefined) {
      return refused;
    }
  }
  return undefined;
}
