// SPDX-License-Identifier: Apache-2.0
/** VaultCertificate: a certificate that the vault has issued and renewed; its policy in Key Vault's words. */

import { z } from "zod";
import { objectNameSchema } from "../names.ts";
import { tagsSchema, vaultReference, versionStatus } from "./object-members.ts";
import { commonStatus } from "./status.ts";
import { exactlyOneOf, fixedMember, withRules } from "./validation.ts";

/** Names of KeyUsage's bits, in their order. RFC 5280 section 4.2.1.3. */
export const keyUsages = [
  "digitalSignature",
  "nonRepudiation",
  "keyEncipherment",
  "dataEncipherment",
  "keyAgreement",
  "keyCertSign",
  "cRLSign",
  "encipherOnly",
  "decipherOnly",
] as const;

/** One use of a key. */
export type KeyUsage = (typeof keyUsages)[number];

/** Alternative names of one kind. */
const maxNames = 100;
const names = z.array(z.string().min(1).max(512)).max(maxNames).optional();

const keyProperties = z.strictObject({
  keyType: z.enum(["EC", "EC-HSM", "RSA", "RSA-HSM"]).optional().describe("default RSA"),
  keySize: z.literal([2048, 3072, 4096]).optional().describe("bits of an RSA key, default 2048"),
  curve: z
    .enum(["P-256", "P-384", "P-521", "P-256K"])
    .optional()
    .describe("curve of an EC key, default P-256"),
  exportable: z
    .boolean()
    .optional()
    .describe("whether the secret of the certificate's name holds the private key"),
  reuseKey: z.boolean().optional().describe("whether a renewal keeps the key"),
});

const subjectAlternativeNames = z.strictObject({
  dnsNames: names,
  emails: names,
  upns: names,
  uris: names,
  ipAddresses: names,
});

const x509Properties = z.strictObject({
  subject: z
    .string()
    .max(2_048)
    .optional()
    .describe("distinguished name, RFC 4514: `CN=shop.example`"),
  subjectAlternativeNames: subjectAlternativeNames.optional(),
  ekus: z
    .array(
      z
        .string()
        .max(128)
        .regex(/^[0-2](\.\d+)+$/),
    )
    .max(32)
    .optional()
    .describe("extended key usages, object identifiers; default TLS server and client"),
  keyUsage: z.array(z.enum(keyUsages)).max(9).optional(),
  validityMonths: z.int().min(1).max(120).optional().describe("months of validity, default 12"),
});

const trigger = withRules(
  z.strictObject({
    lifetimePercentage: z.int().min(1).max(99).optional().describe("percent of the lifetime"),
    daysBeforeExpiry: z.int().min(1).max(3_240).optional().describe("days until it expires"),
  }),
  exactlyOneOf("lifetimePercentage", "daysBeforeExpiry"),
);

const lifetimeActions = z
  .array(
    z.strictObject({
      trigger,
      action: z
        .enum(["AutoRenew", "EmailContacts"])
        .describe("`AutoRenew` issues a new version, `EmailContacts` writes an audit event"),
    }),
  )
  .max(2);

const policy = z.strictObject({
  keyProperties: keyProperties.optional().describe("the certificate's key"),
  secretProperties: z
    .strictObject({ contentType: z.enum(["application/x-pkcs12", "application/x-pem-file"]) })
    .optional()
    .describe("what the secret of the certificate's name holds"),
  x509Properties: x509Properties.describe("what is certified"),
  lifetimeActions: lifetimeActions.optional().describe("default renewal at 80 percent"),
  issuer: z
    .strictObject({
      name: z
        .string()
        .min(1)
        .max(127)
        .describe(
          "`Self`, `Unknown` (somebody outside signs a request), or an issuer of the vault",
        ),
      certificateType: z.string().max(127).optional().describe("what the issuer calls the product"),
    })
    .describe("who issues"),
});

/** `spec` of a VaultCertificate. */
export const vaultCertificateSpecSchema = withRules(
  z.strictObject({
    vault: vaultReference,
    name: objectNameSchema
      .optional()
      .describe("name of the certificate in the vault; default the resource's own name"),
    policy: policy.describe("certificate policy; a change of it issues a new version"),
    attributes: z
      .strictObject({
        enabled: z.boolean().default(true).describe("whether the certificate can be used"),
      })
      .optional(),
    tags: tagsSchema.optional().describe("tags of the certificate"),
  }),
  fixedMember("name"),
);

/** Desired certificate. */
export type VaultCertificateSpec = z.output<typeof vaultCertificateSpecSchema>;

/** `status` of a VaultCertificate. */
export const vaultCertificateStatusSchema = z.strictObject({
  ...commonStatus,
  ...versionStatus("certificate"),
  expires: z.iso.datetime({ offset: true }).optional().describe("when the current version expires"),
  thumbprint: z.string().max(64).optional().describe("SHA-256 of the current version, hexadecimal"),
  request: z
    .string()
    .max(16_384)
    .optional()
    .describe("certificate signing request (base64, DER) while issuer `Unknown` has to sign it"),
});

/** Observed certificate. */
export type VaultCertificateStatus = z.output<typeof vaultCertificateStatusSchema>;
