// SPDX-License-Identifier: Apache-2.0
/**
 * Bodies of `POST /attest/{kind}`, as Azure Attestation has them (REST API 2022-08-01, "Attestation"), and of Nitro and
 * Cca, which it does not have.
 *
 * `endorsements` is ours: files as vendors publish them (PEM, DER, certificate table, collateral JSON), told apart by
 * content. What evidence is bound to, in every kind: SHA-256 of the runtime data's bytes, in the first half of REPORT_DATA
 * (SNP, TDX, SGX; the other half is zero), as extraData of a TPM's quote, as `user_data` of a Nitro document.
 */

import { z } from "zod";
import {
  maxEndorsementBytes,
  maxEndorsements,
  maxEventLogBytes,
  maxEventLogLength,
  maxEvidenceBytes,
  maxInitTimeDataBytes,
  maxRuntimeDataBytes,
  maxTargetLength,
  maxTpmStructureBytes,
} from "../limits.ts";
import { base64url, compact, hexOf, longBase64url } from "./wire.ts";

/** Data that evidence is bound to; `JSON` becomes claim `x-ms-runtime`. */
const boundData = z.strictObject({
  data: base64url(maxRuntimeDataBytes),
  dataType: z.enum(["JSON", "Binary"]),
});

const endorsements = z.array(base64url(maxEndorsementBytes)).max(maxEndorsements).optional();

const common = {
  runtimeData: boundData,
  /** Comes back as claim `nonce`; nothing binds it to the evidence. */
  nonce: z.string().max(1_024).optional(),
  endorsements,
  /** Azure's, to try another policy. */
  draftPolicyForAttestation: z
    .never({ error: "draft policies are not taken: the authority's rules are the only ones" })
    .optional(),
} as const;

/**
 * What the TEE was started with: its SHA-256 is HOST_DATA of an SNP report, and the first half of an enclave's CONFIGID.
 * `JSON`, which becomes claim `x-ms-inittime`, is as short as runtime data.
 */
const initTimeData = boundData.extend({ data: base64url(maxInitTimeDataBytes) }).optional();

/**
 * The log of what was measured into a TPM, or of a TD (CCEL), as firmware and loaders write it; ours too. TCG PC Client
 * Platform Firmware Profile, section 10; UEFI, section 38.4.
 */
export const eventLogSchema = base64url(maxEventLogBytes).optional();

/** Body of `/attest/SevSnpVm`; `report` is base64url of JSON, see `snpReportSchema`. */
export const attestSnpRequestSchema = z.strictObject({
  ...common,
  report: longBase64url(maxEvidenceBytes),
  initTimeData,
});

/** What `report` holds: the report, and PEM of VCEK and chain. */
export const snpReportSchema = z.strictObject({
  SnpReport: base64url(4_096),
  VcekCertChain: longBase64url(maxEvidenceBytes).optional(),
});

/** Body of `/attest/TdxVm`. */
export const attestTdxRequestSchema = z.strictObject({
  ...common,
  quote: longBase64url(maxEvidenceBytes),
  eventLog: eventLogSchema,
  initTimeData: z
    .never({
      error: "init-time data is taken with SEV-SNP and SGX alone: no field of a td is it bound to",
    })
    .optional(),
});

/** Body of `/attest/SgxEnclave`. */
export const attestSgxRequestSchema = z.strictObject({
  ...common,
  quote: longBase64url(maxEvidenceBytes),
  initTimeData,
});

/** Body of `/attest/OpenEnclave`: an SGX quote behind Open Enclave's header of 16 bytes. */
export const attestOpenEnclaveRequestSchema = z.strictObject({
  ...common,
  report: base64url(maxEvidenceBytes),
  initTimeData,
});

/** Body of `/attest/Nitro`: a COSE_Sign1 document. */
export const attestNitroRequestSchema = z.strictObject({
  ...common,
  document: base64url(maxEvidenceBytes),
});

/** Body of `/attest/Cca`: a collection of the platform's and the realm's token; the realm's challenge as REPORT_DATA. */
export const attestCcaRequestSchema = z.strictObject({
  ...common,
  token: base64url(maxEvidenceBytes),
});

/** Body of `/attest/AzureGuest`: base64url of JSON, see `azureEvidenceSchema`. */
export const attestAzureRequestSchema = z.strictObject({
  AttestationInfo: base64url(maxEvidenceBytes * 2 + maxEventLogLength),
});

const tpmStructure = base64url(maxTpmStructureBytes);

/** PCR values of the SHA-256 bank by number. */
export const sha256PcrsSchema = z
  .record(z.string().regex(/^(?:[0-9]|1[0-9]|2[0-3])$/), hexOf(32))
  .refine((pcrs) => Object.keys(pcrs).length <= 24, "at most 24 PCRs");

/** Evidence of an Azure confidential machine: the paravisor's report, and a quote by the key that it vouches for. */
export const azureEvidenceSchema = z.strictObject({
  /** What NV index 0x01400001 holds. */
  hclReport: base64url(maxTpmStructureBytes),
  /** TPMS_ATTEST; its extraData is SHA-256 of the runtime data. */
  quote: tpmStructure,
  /** TPMT_SIGNATURE, or the bare RSASSA signature. */
  signature: tpmStructure,
  pcrs: z.strictObject({ sha256: sha256PcrsSchema }),
  /** Of a machine with TDX: the quote that repeats the paravisor's TDREPORT. */
  tdQuote: base64url(maxEvidenceBytes).optional(),
  runtimeData: base64url(maxRuntimeDataBytes),
  eventLog: eventLogSchema,
  endorsements,
});

/** Answer of every `/attest/{kind}` but `Tpm`. */
export const attestResponseSchema = z.strictObject({ token: compact(3, maxTargetLength) });

/** SNP evidence. */
export type AttestSnpRequest = z.output<typeof attestSnpRequestSchema>;
/** TDX evidence. */
export type AttestTdxRequest = z.output<typeof attestTdxRequestSchema>;
/** SGX evidence. */
export type AttestSgxRequest = z.output<typeof attestSgxRequestSchema>;
/** Nitro evidence. */
export type AttestNitroRequest = z.output<typeof attestNitroRequestSchema>;
/** CCA evidence. */
export type AttestCcaRequest = z.output<typeof attestCcaRequestSchema>;
/** Azure evidence, wrapped. */
export type AttestAzureRequest = z.output<typeof attestAzureRequestSchema>;
/** Azure evidence, before it is wrapped. */
export type AzureEvidence = z.output<typeof azureEvidenceSchema>;
/** The attestation token. */
export type AttestResponse = z.output<typeof attestResponseSchema>;
