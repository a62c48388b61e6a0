// SPDX-License-Identifier: Apache-2.0
/**
 * AttestationAuthority: whom the vault's attestation authority trusts, what it accepts, and how nodes enrol.
 *
 * The same schema is member `attestation` of the vault's configuration file, which then is the only source.
 */

import { z } from "zod";
import type { ResourceKind } from "../resource-kind.ts";
import { commonStatus } from "../status.ts";
import {
  azureRulesSchema,
  ccaRulesSchema,
  nitroRulesSchema,
  sgxRulesSchema,
  snpRulesSchema,
  tdxRulesSchema,
  tpmRulesSchema,
} from "./evidence-rules.ts";
import { externalIssuerSchema } from "./external-issuer.ts";

/** Kinds of evidence, in Azure Attestation's words where it has them. */
export const evidenceKindSchema = z.enum([
  "SevSnpVm",
  "TdxVm",
  "SgxEnclave",
  "AzureGuest",
  "Tpm",
  "Nitro",
  "Cca",
]);

/** Kind of evidence. */
export type EvidenceKind = z.output<typeof evidenceKindSchema>;

/** Identity of a device: SHA-256 of an EK, of an Azure machine's attestation key and id, or an EC2 instance id. */
export const deviceIdSchema = z
  .string()
  .min(1)
  .max(80)
  .regex(/^([0-9a-f]{64}|azure:[0-9a-f]{64}|nitro:i-[0-9a-f]{8,17})$/);

const referenceSet = z.strictObject({
  name: z
    .string()
    .min(1)
    .max(63)
    .regex(/^[a-z0-9]([-.a-z0-9]*[a-z0-9])?$/)
    .describe("name of the set; claim `x-strongroom-references` lists those that evidence meets"),
  kind: evidenceKindSchema.describe("kind of evidence that the set is about"),
  claims: z
    .array(
      z.strictObject({
        claim: z.string().min(1).max(256).describe("name of a measured claim; dots step into it"),
        values: z.array(z.string().max(1_024)).min(1).max(64).describe("values that are accepted"),
      }),
    )
    .min(1)
    .max(64)
    .describe("claims that all must have one of their values"),
  complianceStatus: z
    .enum(["azure-compliant-cvm", "azure-compliant-uvm"])
    .optional()
    .describe("`x-ms-compliance-status` of evidence that meets the set; without, it has none"),
});

/** Named reference values. */
export type ReferenceSet = z.output<typeof referenceSet>;

/** `spec` of an AttestationAuthority. */
export const attestationAuthoritySpecSchema = z.strictObject({
  kinds: z
    .array(evidenceKindSchema)
    .max(7)
    .default(["Tpm"])
    .describe("kinds of evidence that are taken; all others are refused"),
  snp: snpRulesSchema.prefault({}).describe("rules for AMD SEV-SNP"),
  tdx: tdxRulesSchema.prefault({}).describe("rules for Intel TDX"),
  sgx: sgxRulesSchema.prefault({}).describe("rules for Intel SGX"),
  azure: azureRulesSchema.prefault({}).describe("rules for Azure confidential machines"),
  tpm: tpmRulesSchema.prefault({}).describe("rules for TPMs"),
  nitro: nitroRulesSchema.prefault({}).describe("rules for AWS Nitro"),
  cca: ccaRulesSchema.prefault({}).describe("rules for Arm CCA"),
  references: z
    .array(referenceSet)
    .max(256)
    .default([])
    .describe("sets of reference values, by name"),
  unreferenced: z
    .enum(["Allow", "Refuse"])
    .default("Allow")
    .describe("evidence that meets no set: `Allow` leaves it to release policies"),
  enrolment: z
    .enum(["Listed", "FirstUse", "Open"])
    .default("Listed")
    .describe(
      "which devices may be bound to a node: `Listed`, those in `listedDevices`; `FirstUse`, any that is not bound yet, to a node that has none; `Open`, any, and whoever attests last has the binding. Only `Open` takes a second claimant: the others refuse it and raise an alarm",
    ),
  listedDevices: z
    .array(deviceIdSchema)
    .max(10_000)
    .optional()
    .describe(
      "permitted devices, for enrolment Listed: SHA-256 of an EK public key, `azure:…`, or `nitro:` and an instance id",
    ),
  nonceLifetimeSeconds: z
    .int()
    .min(10)
    .max(300)
    .default(300)
    .describe("how old a nonce of ours may be"),
  unchallenged: z
    .enum(["Refuse", "Allow"])
    .default("Refuse")
    .describe(
      "evidence without a nonce of ours, as stock clients send it; its tokens name no node and are not fresh",
    ),
  tokenLifetimeSeconds: z
    .int()
    .min(60)
    .max(3_600)
    .default(900)
    .describe("lifetime of attestation tokens"),
  externalIssuers: z
    .array(externalIssuerSchema)
    .max(16)
    .default([])
    .describe("attestation authorities other than ours whose tokens a release takes"),
});

/** Whom the authority trusts and what it accepts, defaults filled in. */
export type AttestationAuthoritySpec = z.output<typeof attestationAuthoritySpecSchema>;

/** `status` of an AttestationAuthority. */
export const attestationAuthorityStatusSchema = z.strictObject({
  ...commonStatus,
  policyHash: z
    .string()
    .max(64)
    .optional()
    .describe("`x-ms-policy-hash` of tokens that are issued under this spec"),
});

/** Observed authority. */
export type AttestationAuthorityStatus = z.output<typeof attestationAuthorityStatusSchema>;

/** The one name of the resource: an installation has one authority. */
export const authorityName = "default";

/** The kind, for generators and the operator. */
export const attestationAuthorityKind = {
  kind: "AttestationAuthority",
  plural: "attestationauthorities",
  singular: "attestationauthority",
  shortName: "attauth",
  scope: "Cluster",
  description:
    "AttestationAuthority says which evidence the vault's attestation authority accepts, under which roots, and how nodes enrol.",
  spec: attestationAuthoritySpecSchema,
  status: attestationAuthorityStatusSchema,
  columns: [
    { name: "Kinds", type: "string", jsonPath: ".spec.kinds" },
    { name: "Enrolment", type: "string", jsonPath: ".spec.enrolment" },
    { name: "Hash", type: "string", jsonPath: ".status.policyHash", priority: 1 },
  ],
  rules: [
    {
      rule: `self.metadata.name == '${authorityName}'`,
      message: `an installation has one authority: its name is ${authorityName}`,
    },
  ],
} as const satisfies ResourceKind;
