// SPDX-License-Identifier: Apache-2.0
/** Published files that are no evidence, no endorsement and no copy of one that is read here; each with the reason. */

const sdk = "nvidia/NVIDIA__attestation-sdk";
const nvtrust = "nvidia/NVIDIA__nvtrust";
const boot = "eventlog/google__go-tpm-tools";
const sidecar = "snp/microsoft__confidential-sidecar-containers";
const trustee = "tdx/confidential-containers__trustee";

const rim = "reference values of NVIDIA's (RIM) are not compared";
const revoked = "what a machine forbids to boot is not appraised";
const application = "an event log of applications is in a form of its own";
const input = "what a test asked for, and no answer";

/** Path and reason. */
export const unreadVectors: readonly (readonly [string, string])[] = [
  [`${sdk}/NV_GPU_DRIVER_GH100_550.144.03.xml`, rim],
  [`${sdk}/incorrect_cert_chain_driver_rim.xml`, rim],
  [`${sdk}/incorrect_signature_driver_rim.xml`, rim],
  [`${sdk}/sample_rims__NV_GPU_DRIVER_GH100_535.86.09_measurement_mismatch.xml`, rim],
  [`${sdk}/sample_rims__NV_GPU_DRIVER_GH100_570.124.03_expired.xml`, rim],
  [`${sdk}/sample_rims__NV_GPU_VBIOS_1010_0200_882_96005E0001_measurement_mismatch.xml`, rim],
  [`${sdk}/sample_rims__NV_SWITCH_BIOS_5612_0002_890_9610550001_invalid_signature.xml`, rim],
  [`${sdk}/sample_rims__NV_SWITCH_BIOS_5612_0002_890_9610550001_measurement_mismatch.xml`, rim],
  [`${nvtrust}/1010_0200_882_96005E0001_PROD.swidtag`, rim],
  [`${nvtrust}/1010_0200_882_96005E0001_test_no_gpu.swidtag`, rim],
  [`${nvtrust}/Driver_RIM_test_no_gpu.swidtag`, rim],
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
