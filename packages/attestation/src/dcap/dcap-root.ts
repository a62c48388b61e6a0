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

/**
 * Intel SGX Root CA, as published at certificates.trustedservices.intel.com: valid to 2049, and the certificate of 2018 of
 * the same name and key, valid to 2033, which stands in quotes and endorsements of that time.
 */
export const intelSgxRoots: readonly DcapRoot[] = [
  {
    name: "intel-sgx",
    class: "hardware",
    fingerprint: "44a0196b2b99f889b8e149e95b807a350e7424964399e885a7cbb8ccfab674d3",
  },
  {
    name: "intel-sgx",
    class: "hardware",
    fingerprint: "fc64f8076d79a4fee9d1d473d74c89eb8d8fd55c5abafeabeba7366d20429404",
  },
];
