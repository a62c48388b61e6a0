// SPDX-License-Identifier: Apache-2.0
/** Evidence and endorsements to verified claims, at an instant given to it. Pure: no clock, no network, no disk. */

export { type ErrorCode, isStrongroomError, StrongroomError } from "@strongroom/core";
export * from "./azure/azure-claims.ts";
export { type HclReport, parseHclReport } from "./azure/parse-hcl-report.ts";
export * from "./azure/read-azure-evidence.ts";
export { type AzureFiles, readAzureFiles } from "./azure/read-azure-files.ts";
export * from "./azure/verify-azure-vtpm.ts";
export * from "./azure/verify-hardware.ts";
export * from "./byte-reader.ts";
export { toCcaClaims } from "./cca/cca-claims.ts";
export { type CcaToken, parseCcaToken } from "./cca/parse-cca-token.ts";
export { readPlatformKeys } from "./cca/read-platform-keys.ts";
export * from "./cca/verify-cca-token.ts";
export type { CertifiedPlatform, DcapTrust } from "./dcap/certified-platform.ts";
export { isDebuggable } from "./dcap/check-dcap-policy.ts";
export { type JsonClaims, toDcapClaims } from "./dcap/dcap-claims.ts";
export { type DcapEndorsements, readDcapEndorsements } from "./dcap/dcap-endorsements.ts";
export { type DcapRoot, intelSgxRoots } from "./dcap/dcap-root.ts";
export type { DcapClaims, DcapExpectation } from "./dcap/dcap-verdict.ts";
export { parseQuote, type Quote, type QuoteBody } from "./dcap/parse-quote.ts";
export { readQuoteMessage } from "./dcap/quote-message.ts";
export type { PckLookup } from "./dcap/quote-signature.ts";
export * from "./dcap/quoted-platform.ts";
export { hasReservedBits } from "./dcap/reserved-bits.ts";
export type { TcbStatus } from "./dcap/tcb-standing.ts";
export { hasServiceTd } from "./dcap/td-report.ts";
export * from "./dcap/verify-dcap-endorsements.ts";
export { verifyDcapQuote } from "./dcap/verify-dcap-quote.ts";
export * from "./ek/attestation-anchors.ts";
export * from "./ek/tpm-identity.ts";
export * from "./ek/verify-ek-certificate.ts";
export { readEfiVariable } from "./eventlog/efi-variable.ts";
export { toEventLogClaims } from "./eventlog/event-log-claims.ts";
export { eventLogPcrs } from "./eventlog/event-log-pcrs.ts";
export { eventTypeName } from "./eventlog/event-type-name.ts";
export { isEventLog } from "./eventlog/is-event-log.ts";
export { toAzureMachineClaims, toTpmMachineClaims } from "./eventlog/machine-claims.ts";
export { type FirmwareEvent, parseEventLog } from "./eventlog/parse-event-log.ts";
export {
  type ProvenEventLog,
  pcrRegisters,
  rtmrRegisters,
  type SignedRegisters,
  verifyEventLog,
} from "./eventlog/verify-event-log.ts";
export { ifWellFormed } from "./if-well-formed.ts";
export type { IssuedEndorsement } from "./issued-endorsement.ts";
export type { JwtAlgorithm } from "./jwt/algorithms.ts";
export { certifiedKey } from "./jwt/certified-key.ts";
export * from "./jwt/check-ear.ts";
export { earStatuses, isEar } from "./jwt/ear-member.ts";
export * from "./jwt/jwks.ts";
export type { JwtExpectation, JwtIssuer } from "./jwt/jwt-issuer.ts";
export { readIssuerKeys } from "./jwt/read-issuer-keys.ts";
export { readNrasBundles } from "./jwt/read-nras-bundles.ts";
export * from "./jwt/verify-jwt.ts";
export * from "./jwt/verify-nras.ts";
export * from "./nitro/appraise-nitro.ts";
export * from "./nitro/nsm-messages.ts";
export { type NitroDocument, parseNitroEvidence } from "./nitro/parse-nitro-document.ts";
export { readExpectedPcrs } from "./nitro/read-expected-pcrs.ts";
export { readNitroDocument } from "./nitro/read-nitro-document.ts";
export * from "./nitro/verify-nitro.ts";
export { appraiseMeasurements, type DeviceReferences } from "./nvidia/appraise-measurements.ts";
export { toDeviceClaims } from "./nvidia/device-claims.ts";
export type { NvidiaRoot } from "./nvidia/find-nvidia-root.ts";
export { parseSpdmReport } from "./nvidia/parse-spdm-report.ts";
export { readDeviceEvidence } from "./nvidia/read-device-evidence.ts";
export { readRim } from "./nvidia/read-rim.ts";
export { toReferenceClaims } from "./nvidia/rim-claims.ts";
export * from "./nvidia/verify-device.ts";
export { nvidiaRimRoots, type RimFacts, verifyRim } from "./nvidia/verify-rim.ts";
export { isBytes, isCborMap, readCbor } from "./read-cbor.ts";
export * from "./snp/amd-roots.ts";
export * from "./snp/appraise-snp.ts";
export * from "./snp/certificate-table.ts";
export * from "./snp/endorse-amd-key.ts";
export { parseSnpReport, type SnpReport } from "./snp/parse-snp-report.ts";
export * from "./snp/product.ts";
export * from "./snp/read-amd-endorsements.ts";
export * from "./snp/read-snp-report.ts";
export * from "./snp/snp-claims.ts";
export { readSnpMessage } from "./snp/snp-message.ts";
export * from "./snp/tcb.ts";
export * from "./snp/verify-amd-endorsements.ts";
export * from "./snp/verify-snp-report.ts";
export * from "./strict-json.ts";
export * from "./text-encodings.ts";
export { toAikClaims } from "./tpm/aik-claims.ts";
export * from "./tpm/algorithms.ts";
export * from "./tpm/assess-attestation-key.ts";
export * from "./tpm/check-attributes.ts";
export {
  collectTpmEvidence,
  collectTpmKeys,
  type TpmEvidence,
  type TpmKeys,
} from "./tpm/collect-tpm-evidence.ts";
export * from "./tpm/encode.ts";
export * from "./tpm/endorsement-key.ts";
export { type Credential, type CredentialRequest, makeCredential } from "./tpm/make-credential.ts";
export { openTpmFile } from "./tpm/open-tpm-file.ts";
export * from "./tpm/parse-tpm-public.ts";
export * from "./tpm/parse-tpm-quote.ts";
export * from "./tpm/parse-tpm-signature.ts";
export * from "./tpm/pcr-values.ts";
export { toTpmClaims } from "./tpm/tpm-claims.ts";
export type { TpmItem } from "./tpm/tpm-file-items.ts";
export * from "./tpm/tpm-key.ts";
export * from "./tpm/tpm-public.ts";
export * from "./tpm/verify-anchored-quotes.ts";
export * from "./tpm/verify-tpm-quote.ts";
export * from "./verdict.ts";
export { VerifiedCache } from "./verified-cache.ts";
export { type Certificate, parseCertificate, parsePemCertificates } from "./x509/certificate.ts";
export type { OcspEndorsement } from "./x509/check-ocsp.ts";
export { firstDerValue } from "./x509/der.ts";
export { readExtensionValues } from "./x509/extension-values.ts";
export { isOcspResponse } from "./x509/ocsp-response.ts";
export { parsePemBlocks } from "./x509/pem.ts";
