// SPDX-License-Identifier: Apache-2.0
/** Fakes, simulators and real servers for tests; never shipped. */

export type { AmdCrlRequest } from "./amd-certificate.ts";
export { makeCertificateTable } from "./amd-certificate-table.ts";
export * from "./amd-report.ts";
export * from "./amd-vendor.ts";
export * from "./api-server.ts";
export * from "./attestation-oracle.ts";
export * from "./azure-machine.ts";
export { type CborValue, cbor } from "./cbor.ts";
export * from "./cca-vendor.ts";
export {
  bitString,
  commonName,
  der,
  extensionOf,
  integer,
  objectId,
  pemOf,
  sequence,
  time,
} from "./der.ts";
export * from "./fake-vault.ts";
export { findHelm, findKryoptic, findTeeDevice } from "./find-program.ts";
export * from "./hcl-report.ts";
export * from "./intel-endorsements.ts";
export * from "./intel-evidence.ts";
export * from "./intel-pki.ts";
export { encodePlatform, intelPlatform } from "./intel-platform.ts";
export * from "./intel-quote.ts";
export * from "./intel-td-report.ts";
export * from "./mint-certificate.ts";
export * from "./nitro-vendor.ts";
export * from "./nvidia-rim-vendor.ts";
export * from "./nvidia-vendor.ts";
export type { OcspRequest } from "./ocsp-response.ts";
export * from "./oracle-trust.ts";
export { protobuf } from "./protobuf.ts";
export { snpAttestationMessage, snpReportMessage } from "./snp-message.ts";
export * from "./swtpm.ts";
export { tdxQuoteMessage } from "./tdx-message.ts";
export * from "./vectors-cache.ts";
export {
  type IntelBundle,
  intelContent,
  type VendorAnswer,
  type VendorContent,
} from "./vendor-answers.ts";
export * from "./vendor-services.ts";
export * from "./wycheproof.ts";
