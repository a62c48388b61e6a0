// SPDX-License-Identifier: Apache-2.0
/** Certificate policies as Key Vault's JSON has them: what is stored, and the rules that go over members. */

import { keyUsages } from "@strongroom/api";
import { StrongroomError } from "@strongroom/core";
import { z } from "zod";
import { encodeDistinguishedName } from "../x509/distinguished-name.ts";
import { triggerDaysPerMonth } from "./limits.ts";

/** Name of the issuer that is whoever the caller asks. */
export const unknownIssuer = "Unknown";

/** Types of keys that certificates can have. */
export const certificateKeyTypes = ["RSA", "RSA-HSM", "EC", "EC-HSM"] as const;
/** Bits of their RSA keys. */
export const rsaKeySizes = [2048, 3072, 4096] as const;
/** Curves of their EC keys, with the bits that Key Vault's `key_size` says. */
export const curveSizes = { "P-256": 256, "P-384": 384, "P-521": 521, "P-256K": 256 } as const;

/** Content types of the secret behind a certificate. */
export const pfxContentType = "application/x-pkcs12";
export const pemContentType = "application/x-pem-file";

const names = z.array(z.string());

/** A whole policy. */
export const certificatePolicySchema = z.object({
  key_props: z.object({
    exportable: z.boolean(),
    kty: z.enum(certificateKeyTypes),
    key_size: z.number(),
    reuse_key: z.boolean(),
    crv: z.enum(["P-256", "P-384", "P-521", "P-256K"]).optional(),
  }),
  secret_props: z.object({ contentType: z.enum([pfxContentType, pemContentType]) }),
  x509_props: z.object({
    subject: z.string(),
    ekus: names,
    sans: z.object({
      emails: names,
      dns_names: names,
      upns: names,
      uris: names,
      ipAddresses: names,
    }),
    key_usage: z.array(z.enum(keyUsages)),
    validity_months: z.number(),
  }),
  lifetime_actions: z.array(
    z.object({
      trigger: z.object({
        lifetime_percentage: z.number().optional(),
        days_before_expiry: z.number().optional(),
      }),
      action: z.object({ action_type: z.enum(["AutoRenew", "EmailContacts"]) }),
    }),
  ),
  issuer: z.object({
    name: z.string(),
    cty: z.string().optional(),
    cert_transparency: z.boolean().optional(),
  }),
  attributes: z.object({ enabled: z.boolean(), created: z.number(), updated: z.number() }),
});

/** A policy. */
export type CertificatePolicy = z.infer<typeof certificatePolicySchema>;

/** Whether the policy's key lives in the HSM. */
export function isHsmPolicy({ key_props }: Pick<CertificatePolicy, "key_props">): boolean {
  return key_props.kty.endsWith("-HSM");
}

/** Whether the policy's key is of elliptic curves. */
export function isEcPolicy({ key_props }: Pick<CertificatePolicy, "key_props">): boolean {
  return key_props.kty.startsWith("EC");
}

/** @throws {StrongroomError} `BadParameter` if members do not go together. */
export function checkPolicy(policy: CertificatePolicy): void {
  const broken = [...keyRules(policy), ...x509Rules(policy), ...lifetimeRules(policy)].find(
    ([isBroken]) => isBroken,
  );
  if (broken !== undefined) {
    throw new StrongroomError("BadParameter", broken[1]);
  }
  encodeDistinguishedName(policy.x509_props.subject);
}

type Rule = readonly [isBroken: boolean, message: string];

function keyRules(policy: CertificatePolicy): readonly Rule[] {
  const { key_size, crv, exportable } = policy.key_props;
  const isEc = isEcPolicy(policy);
  return [
    [isEc !== (crv !== undefined), "key_props: a curve belongs to EC keys, and to them alone"],
    [
      crv !== undefined && curveSizes[crv] !== key_size,
      "key_props: key_size is not that of the curve",
    ],
    [
      !isEc && !rsaKeySizes.some((size) => size === key_size),
      `key_props: key_size must be one of ${rsaKeySizes.join(", ")}`,
    ],
    [isHsmPolicy(policy) && exportable, "key_props: a key in the HSM is not exportable"],
  ];
}

function x509Rules({ x509_props }: CertificatePolicy): readonly Rule[] {
  const { subject, sans } = x509_props;
  const isNameless = subject === "" && Object.values(sans).every((list) => list.length === 0);
  return [[isNameless, "x509_props: neither a subject nor an alternative name"]];
}

function lifetimeRules(policy: CertificatePolicy): readonly Rule[] {
  const types = policy.lifetime_actions.map(({ action }) => action.action_type);
  const maxDays = policy.x509_props.validity_months * triggerDaysPerMonth;
  return [
    [new Set(types).size !== types.length, "lifetime_actions: the same action twice"],
    [
      types.includes("AutoRenew") && isUnknownIssuer(policy),
      "lifetime_actions: certificates of an unknown issuer cannot be renewed automatically",
    ],
    ...policy.lifetime_actions.flatMap(({ trigger }): readonly Rule[] => [
      [
        (trigger.lifetime_percentage === undefined) === (trigger.days_before_expiry === undefined),
        "lifetime_actions: a trigger is either a lifetime_percentage or days_before_expiry",
      ],
      [
        (trigger.days_before_expiry ?? 0) > maxDays,
        `lifetime_actions: days_before_expiry must be between 1 and ${maxDays} for this validity`,
      ],
    ]),
  ];
}

/** Whether somebody outside issues, so that a request is merged. */
export function isUnknownIssuer({ issuer }: Pick<CertificatePolicy, "issuer">): boolean {
  return issuer.name.toLowerCase() === unknownIssuer.toLowerCase();
}

/** Whether the certificate's own key signs it. */
export function isSelfIssuer({ issuer }: Pick<CertificatePolicy, "issuer">): boolean {
  return issuer.name.toLowerCase() === "self";
}
