// SPDX-License-Identifier: Apache-2.0
/** What the attestation authority accepts of each kind of evidence. */

import { z } from "zod";
import { hexOf } from "../../http/wire.ts";
import {
  amdRootSchema,
  ccaPlatformSchema,
  endorsementFilesSchema,
  pemSchema,
  pinnedRootSchema,
  trustRootSchema,
  vendorRootsSchema,
  weaknessSchema,
} from "./trust-root.ts";

const svn = z.int().min(0).max(255).default(0);

const tcbFloor = z
  .strictObject({ bootLoader: svn, tee: svn, snp: svn, microcode: svn, fmc: svn })
  .describe("least security versions, of the reported and of the committed firmware");

const chipId = z
  .string()
  .min(16)
  .max(128)
  .regex(/^[0-9a-f]*$/);

/** AMD SEV-SNP reports. */
export const snpRulesSchema = z.strictObject({
  vendorRoots: vendorRootsSchema,
  roots: z.array(amdRootSchema).max(16).default([]).describe("further roots"),
  revocation: z
    .enum(["Required", "IfGiven"])
    .default("IfGiven")
    .describe("whether a revocation list of the root must be there"),
  deniedProducts: z
    .array(z.enum(["Milan", "Genoa", "Turin"]))
    .max(3)
    .default([])
    .describe("lines of processors that are refused"),
  floors: z
    .strictObject({
      Milan: tcbFloor.optional(),
      Genoa: tcbFloor.optional(),
      Turin: tcbFloor.optional(),
    })
    .prefault({})
    .describe("least firmware by product; Bergamo and Siena are `Genoa`"),
  deniedChips: z.array(chipId).max(10_000).default([]).describe("ids of chips that are refused"),
  allowedChips: z
    .array(chipId)
    .max(10_000)
    .optional()
    .describe("ids of the only chips that are accepted; keys of providers (VLEK) name none"),
  providers: z
    .array(z.string().min(1).max(256))
    .max(64)
    .optional()
    .describe("providers whose keys (VLEK) are accepted, as their certificates name them"),
  vmpls: z
    .array(z.int().min(0).max(3))
    .min(1)
    .max(4)
    .optional()
    .describe("privilege levels that may have asked for the report"),
  aliasCheck: z
    .enum(["Required", "Unchecked"])
    .default("Unchecked")
    .describe("whether firmware must have searched memory for aliases (BadRAM)"),
  debug: weaknessSchema.describe("guests whose memory the host may read"),
  migrationAgent: weaknessSchema.describe("guests that a migration agent may export"),
  endorsements: endorsementFilesSchema,
});

const platformId = hexOf(16);

const dcapRules = {
  vendorRoots: vendorRootsSchema,
  roots: z.array(pinnedRootSchema).max(16).default([]).describe("further roots"),
  acceptedTcb: z
    .array(
      z.enum([
        "UpToDate",
        "SWHardeningNeeded",
        "ConfigurationNeeded",
        "ConfigurationAndSWHardeningNeeded",
        "OutOfDate",
        "OutOfDateConfigurationNeeded",
        "TDRelaunchAdvised",
        "TDRelaunchAdvisedConfigurationNeeded",
      ]),
    )
    .min(1)
    .max(8)
    .default(["UpToDate"])
    .describe("states of the platform, in Intel's words, that are accepted"),
  minimumTcbEvaluationDataNumber: z
    .int()
    .min(0)
    .max(1_000_000)
    .default(0)
    .describe("least number of Intel's judgement; never less than what was seen of the platform"),
  deniedFamilies: z
    .array(hexOf(6))
    .max(256)
    .default([])
    .describe("families of platforms (FMSPC) that are refused"),
  deniedPlatforms: z
    .array(platformId)
    .max(10_000)
    .default([])
    .describe("platforms (PPID or platform instance id) that are refused"),
  allowedPlatforms: z
    .array(platformId)
    .max(10_000)
    .optional()
    .describe("the only platforms (PPID or platform instance id) that are accepted"),
  debug: weaknessSchema.describe("what a debugger may read"),
  endorsements: endorsementFilesSchema,
} as const;

/** Intel SGX quotes. */
export const sgxRulesSchema = z.strictObject(dcapRules);

/** Intel TDX quotes. */
export const tdxRulesSchema = z.strictObject({
  ...dcapRules,
  migratable: weaknessSchema.describe("trust domains that another one may move"),
});

const pcrIndexes = z.array(z.int().min(0).max(23)).min(1).max(24);

/** TPM quotes of enrolled devices. */
export const tpmRulesSchema = z.strictObject({
  trustRoots: z
    .array(trustRootSchema)
    .max(64)
    .default([])
    .describe("roots of endorsement key certificates; without, no TPM is trusted"),
  intermediateCertificates: pemSchema
    .optional()
    .describe("PEM certificates between endorsement keys and roots"),
  pcrs: pcrIndexes
    .default([0, 1, 2, 3, 4, 5, 6, 7])
    .describe("PCRs of the SHA-256 bank that a quote must hold"),
});

/** Azure confidential machines; their hardware is held to the rules for SNP or TDX. */
export const azureRulesSchema = z.strictObject({
  pcrs: pcrIndexes
    .default([0, 1, 2, 3, 4, 5, 6, 7])
    .describe("PCRs of the SHA-256 bank that the virtual TPM's quote must hold"),
});

/** Documents of Nitro enclaves and of NitroTPM. */
export const nitroRulesSchema = z.strictObject({
  vendorRoots: vendorRootsSchema,
  roots: z.array(pinnedRootSchema).max(16).default([]).describe("further roots"),
  sources: z
    .array(z.enum(["enclave", "tpm"]))
    .min(1)
    .max(2)
    .default(["enclave", "tpm"])
    .describe("whose documents are accepted"),
  debug: weaknessSchema.describe("enclaves in debug mode"),
});

const measurement = z
  .string()
  .min(64)
  .max(128)
  .regex(/^[0-9a-f]*$/);

/** Tokens of Arm CCA. */
export const ccaRulesSchema = z.strictObject({
  platforms: z
    .array(ccaPlatformSchema)
    .max(1_024)
    .default([])
    .describe("platforms by the keys that they sign with; without, no token is trusted"),
  software: z
    .array(
      z.strictObject({
        signer: measurement.describe("digest of the key that signed the component"),
        measurement: measurement.describe("digest of the component"),
      }),
    )
    .min(1)
    .max(1_024)
    .optional()
    .describe("the only components of a platform's firmware that are accepted"),
  debug: weaknessSchema.describe("platforms whose life cycle is another than secured"),
});
