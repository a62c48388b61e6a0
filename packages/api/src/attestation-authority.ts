// SPDX-License-Identifier: Apache-2.0
/** Configuration of the attestation authority: whom it trusts, and how nodes enrol. */

import { z } from "zod";
import { hexOf } from "./http/wire.ts";

/** How good what a root vouches for is: a property of the configured root, never of the evidence. */
export const trustClassSchema = z.enum(["hardware", "virtual", "software"]);

/** Class of a trust root. */
export type TrustClass = z.output<typeof trustClassSchema>;

const pem = z.string().min(1).max(262_144);

/** A root of endorsement-key certificates. */
export const trustRootSchema = z.strictObject({
  name: z
    .string()
    .min(1)
    .max(63)
    .regex(/^[a-zA-Z0-9][\w.-]*$/)
    .describe("name of the root, for people and the audit log"),
  class: trustClassSchema.describe("what a device of this root is"),
  certificates: pem.describe("PEM certificates, one or more"),
});

/** A trust root. */
export type TrustRoot = z.output<typeof trustRootSchema>;

/** The authority's configuration. */
export const attestationAuthoritySchema = z.strictObject({
  tpm: z.strictObject({
    trustRoots: z.array(trustRootSchema).max(64),
    intermediateCertificates: pem.optional().describe("PEM certificates between EKs and roots"),
    pcrs: z
      .array(z.int().min(0).max(23))
      .min(1)
      .max(24)
      .default([0, 1, 2, 3, 4, 5, 6, 7])
      .describe("PCRs of the SHA-256 bank that a quote must hold"),
  }),
  enrolment: z
    .enum(["Listed", "FirstUse", "Open"])
    .default("Listed")
    .describe("which devices may be bound to a node"),
  listedDevices: z
    .array(hexOf(32))
    .max(10_000)
    .optional()
    .describe("SHA-256 of each permitted EK public key, for enrolment Listed"),
  tokenLifetimeSeconds: z
    .int()
    .min(60)
    .max(3_600)
    .default(900)
    .describe("lifetime of attestation tokens"),
});

/** The authority's configuration, defaults filled in. */
export type AttestationAuthority = z.output<typeof attestationAuthoritySchema>;
