// SPDX-License-Identifier: Apache-2.0
/** Roots of trust of the attestation authority, and how good each makes what it vouches for. */

import { z } from "zod";
import { hexOf } from "../../http/wire.ts";

/** How good what a root vouches for is: a property of the configured root, never of the evidence. */
export const trustClassSchema = z.enum(["hardware", "virtual", "software"]);

/** Class of a trust root. */
export type TrustClass = z.output<typeof trustClassSchema>;

/** PEM certificates, one or more. */
export const pemSchema = z.string().min(1).max(262_144);

const named = {
  name: z
    .string()
    .min(1)
    .max(63)
    .regex(/^[a-zA-Z0-9][\w.-]*$/)
    .describe("name of the root, for people and the audit log"),
  class: trustClassSchema.describe("what a device of this root is"),
} as const;

/** A root of endorsement-key certificates. */
export const trustRootSchema = z.strictObject({
  ...named,
  certificates: pemSchema.describe("PEM certificates, one or more"),
});

/** A root that is known by the SHA-256 of its certificate; the certificate comes with the evidence. */
export const pinnedRootSchema = z.strictObject({
  ...named,
  fingerprint: hexOf(32).describe("SHA-256 of the root's certificate (DER)"),
});

const fingerprints = z.array(hexOf(32)).min(1).max(8);

/** AMD's certificates of one product. */
export const amdRootSchema = z.strictObject({
  ...named,
  product: z.enum(["Milan", "Genoa", "Turin"]).describe("line of processors"),
  ark: hexOf(32).describe("SHA-256 of the AMD root key's certificate (DER)"),
  ask: fingerprints.describe("SHA-256 of each certificate that signs keys of chips (VCEK)"),
  asvk: fingerprints.describe("SHA-256 of each certificate that signs keys of providers (VLEK)"),
});

/** A platform of Arm CCA: it has a key and no certificate. */
export const ccaPlatformSchema = z.strictObject({
  ...named,
  key: z
    .string()
    .min(1)
    .max(4_096)
    .describe("PEM of the platform's attestation key (CPAK), public"),
  implementationId: hexOf(32).describe("implementation that the key is of"),
  instanceId: hexOf(33)
    .optional()
    .describe("the one instance that the key is of; without, any of the implementation's"),
});

/** Whether the roots that the vendor publishes count beside the configured ones. */
export const vendorRootsSchema = z
  .enum(["Trusted", "Ignored"])
  .default("Trusted")
  .describe("whether the vendor's own roots, which are built in by fingerprint, count too");

/** Whether something weak is taken at all; a release policy must name the claim besides. */
export const weaknessSchema = z.enum(["Refuse", "Allow"]).default("Refuse");

/** What vendors signed, for evidence that does not bring it: each entry is a file as vendors publish it. */
export const endorsementFilesSchema = z
  .array(z.string().min(1).max(262_144))
  .max(16)
  .default([])
  .describe(
    "certificates, revocation lists (PEM) and collateral (JSON) that are used beside what evidence brings",
  );
