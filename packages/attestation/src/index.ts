// SPDX-License-Identifier: Apache-2.0
/** Evidence and endorsements to verified claims, at an instant given to it. Pure: no clock, no network, no disk. */

export * from "./azure/azure-claims.ts";
export { type HclReport, parseHclReport } from "./azure/parse-hcl-report.ts";
export * from "./azure/read-azure-evidence.ts";
export * from "./azure/verify-azure-vtpm.ts";
export * from "./azure/verify-hardware.ts";
export * from "./byte-reader.ts";
export * from "./ek/tpm-identity.ts";
export * from "./ek/verify-ek-certificate.ts";
export * from "./snp/amd-roots.ts";
export * from "./snp/appraise-snp.ts";
export * from "./snp/certificate-table.ts";
export * from "./snp/endorse-amd-key.ts";
export { parseSnpReport, type SnpReport } from "./snp/parse-snp-report.ts";
export * from "./snp/product.ts";
export * from "./snp/read-amd-endorsements.ts";
export * from "./snp/read-snp-report.ts";
export * from "./snp/snp-claims.ts";
export * from "./snp/tcb.ts";
export * from "./snp/verify-snp-report.ts";
export * from "./tpm/algorithms.ts";
export * from "./tpm/assess-attestation-key.ts";
export * from "./tpm/check-attributes.ts";
export * from "./tpm/encode.ts";
export * from "./tpm/endorsement-key.ts";
export { type Credential, type CredentialRequest, makeCredential } from "./tpm/make-credential.ts";
export * from "./tpm/parse-tpm-public.ts";
export * from "./tpm/parse-tpm-quote.ts";
export * from "./tpm/parse-tpm-signature.ts";
export * from "./tpm/pcr-values.ts";
export * from "./tpm/tpm-key.ts";
export * from "./tpm/tpm-public.ts";
export * from "./tpm/verify-tpm-quote.ts";
export * from "./verdict.ts";
export { parsePemCertificates } from "./x509/certificate.ts";
export { firstDerValue } from "./x509/der.ts";
