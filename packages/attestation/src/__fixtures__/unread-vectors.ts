// SPDX-License-Identifier: Apache-2.0
/** Published files that are no evidence, no endorsement and no copy of one that is read here; each with the reason. */

const boot = "eventlog/google__go-tpm-tools";
const sidecar = "snp/microsoft__confidential-sidecar-containers";
const trustee = "tdx/confidential-containers__trustee";

const revoked = "what a machine forbids to boot is not appraised";
const application = "an event log of applications is in a form of its own";
const input = "what a test asked for, and no answer";

/** Path and reason. */
export const unreadVectors: readonly (readonly [string, string])[] = [
  [`${boot}/secureboot__dbxupdate-2014-08-11.bin`, revoked],
  [`${boot}/secureboot__dbxupdate_x64-2020-10-12.bin`, revoked],
  [`${boot}/secureboot__dbxupdate_x64-2021-04-29.bin`, revoked],
  [
    `${sidecar}/body.uvm_reference_info.bin`,
    "reference values that Microsoft signed for its utility machine",
  ],
  [
    `${sidecar}/reference-info-base64`,
    "reference values that Microsoft signed for its utility machine",
  ],
  [`${sidecar}/security-policy-base64`, "a policy whose digest no report here has"],
  [`${trustee}/AAEL_data_1`, application],
  [`${trustee}/AAEL_data_2`, application],
  [`${trustee}/AAEL_data_3`, application],
  ["tdx/google__go-tdx-guest/nonce.dat", input],
];
