// SPDX-License-Identifier: Apache-2.0
/** Certificate policies in requests, as Key Vault's JSON has them: every member is optional. */

import { isIP } from "node:net";
import { keyUsages } from "@strongroom/api";
import { z } from "zod";
import { isObjectIdentifier } from "../x509/der.ts";
import { certificateKeyTypes, pemContentType, pfxContentType } from "./certificate-policy.ts";
import {
  maxAlternativeNames,
  maxExtendedKeyUsages,
  maxLifetimeActions,
  maxNameLength,
  maxValidityMonths,
} from "./limits.ts";

const names = (name: z.ZodString) => z.array(name).max(maxAlternativeNames).nullish();
const text = z.string().min(1).max(maxNameLength);
const ascii = text.regex(/^[\x21-\x7e]+$/);
/** A DNS name, of which the leftmost label may be a wildcard; underscores occur. */
const dnsName = text.regex(/^(\*\.)?([\w]([\w-]{0,61}[\w])?\.)*[\w]([\w-]{0,61}[\w])?$/).max(253);
const mailbox = ascii.regex(/^[^@]+@[^@]+$/);
const uri = ascii.regex(/^[A-Za-z][A-Za-z0-9+.-]*:/);
const address = text.refine(
  (value) => isIP(value) !== 0 && !value.includes("%"),
  "not an IP address",
);

const triggerSchema = z.object({
  lifetime_percentage: z.int().min(1).max(99).nullish(),
  days_before_expiry: z.int().min(1).nullish(),
});

/** A policy in a body; unknown members are ignored. */
export const policyWireSchema = z.object({
  key_props: z
    .object({
      exportable: z.boolean().nullish(),
      kty: z.enum(certificateKeyTypes).nullish(),
      key_size: z.int().nullish(),
      reuse_key: z.boolean().nullish(),
      crv: z.enum(["P-256", "P-384", "P-521", "P-256K"]).nullish(),
    })
    .nullish(),
  secret_props: z
    .object({ contentType: z.enum([pfxContentType, pemContentType]).nullish() })
    .nullish(),
  x509_props: z
    .object({
      subject: z.string().nullish(),
      ekus: z
        .array(z.string().refine(isObjectIdentifier, "not an object identifier"))
        .max(maxExtendedKeyUsages)
        .nullish(),
      sans: z
        .object({
          emails: names(mailbox),
          dns_names: names(dnsName),
          upns: names(text),
          uris: names(uri),
          ipAddresses: names(address),
        })
        .nullish(),
      key_usage: z.array(z.enum(keyUsages)).max(keyUsages.length).nullish(),
      validity_months: z.int().min(1).max(maxValidityMonths).nullish(),
    })
    .nullish(),
  lifetime_actions: z
    .array(
      z.object({
        trigger: triggerSchema,
        action: z.object({ action_type: z.enum(["AutoRenew", "EmailContacts"]) }),
      }),
    )
    .max(maxLifetimeActions)
    .nullish(),
  issuer: z
    .object({
      name: z.string().min(1).max(maxNameLength).nullish(),
      cty: z.string().max(maxNameLength).nullish(),
      cert_transparency: z.boolean().nullish(),
    })
    .nullish(),
  attributes: z.object({ enabled: z.boolean().nullish() }).nullish(),
});

/** A policy's body. */
export type PolicyBody = z.infer<typeof policyWireSchema>;
