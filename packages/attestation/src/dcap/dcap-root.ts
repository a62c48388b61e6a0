// SPDX-License-Identifier: Apache-2.0
/** Roots of trust for DCAP quotes, pinned by fingerprint: the certificates themselves come with quotes and endorsements. */

import type { TrustClass } from "../ek/verify-ek-certificate.ts";

/** A configured root. */
export interface DcapRoot {
  readonly name: string;
  readonly class: TrustClass;
  /** SHA-256 of the root's certificate, lower-case hexadecimal. */
  readonly fingerprint: string;
}

/** Intel SGX Root CA, valid to 2049; published at certificates.trustedservices.intel.com. */
export const intelSgxRoot: DcapRoot = {
  name: "intel-sgx",
  class: "hardware",
  fingerprint: "44a0196b2b99f889b8e149e95b807a350e7424964399e885a7cbb8ccfab674d3",
};
