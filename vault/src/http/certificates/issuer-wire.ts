// SPDX-License-Identifier: Apache-2.0
/** Issuers and contacts on Key Vault's wire. */

import { z } from "zod";
import type { ContactsRecord } from "../../certificates/contacts.ts";
import type { IssuerRecord } from "../../certificates/issuer-record.ts";
import type { IssuerMembers } from "../../certificates/issuers.ts";
import {
  maxAdministrators,
  maxContacts,
  maxPasswordLength,
  maxTextLength,
} from "../../certificates/limits.ts";

const text = z.string().max(maxTextLength).nullish();

/** Body of SetCertificateIssuer. */
export const setIssuerSchema = z.object({
  provider: z.string().min(1).max(maxTextLength),
  credentials: z
    .object({ account_id: text, pwd: z.string().max(maxPasswordLength).nullish() })
    .nullish(),
  org_details: z
    .object({
      id: text,
      admin_details: z
        .array(z.object({ first_name: text, last_name: text, email: text, phone: text }))
        .max(maxAdministrators)
        .nullish(),
    })
    .nullish(),
  attributes: z.object({ enabled: z.boolean().nullish() }).nullish(),
});

/** Body of UpdateCertificateIssuer. */
export const updateIssuerSchema = setIssuerSchema.partial({ provider: true });

/** Path parameter that names an issuer. */
export const issuerParam = z.object({
  issuer: z
    .string()
    .min(1)
    .max(127)
    .regex(/^[0-9a-zA-Z-]+$/),
});

/** Body of SetCertificateContacts. */
export const setContactsSchema = z.object({
  contacts: z
    .array(z.object({ email: z.string().min(1).max(maxTextLength), name: text, phone: text }))
    .max(maxContacts),
});

/** What a body says of an issuer. */
export function issuerMembersOf(body: z.infer<typeof updateIssuerSchema>): IssuerMembers {
  const { provider, credentials, org_details, attributes } = body;
  const accountId = credentials?.account_id ?? undefined;
  const enabled = attributes?.enabled ?? undefined;
  return {
    ...(provider === undefined ? {} : { provider }),
    ...(accountId === undefined ? {} : { accountId }),
    ...(enabled === undefined ? {} : { enabled }),
    ...(org_details == null
      ? {}
      : {
          organization: {
            ...withoutNulls({ id: org_details.id }),
            administrators: (org_details.admin_details ?? []).map(withoutNulls),
          },
        }),
  };
}

/** An issuer in an answer. */
export function issuerBundle(origin: string, issuer: IssuerRecord) {
  const { accountId, organization, enabled, created, updated } = issuer;
  return {
    ...issuerItem(origin, issuer),
    ...(accountId === undefined ? {} : { credentials: { account_id: accountId } }),
    org_details: {
      ...(organization?.id === undefined ? {} : { id: organization.id }),
      admin_details: organization?.administrators ?? [],
    },
    attributes: { enabled, created, updated },
  };
}

/** An issuer in a list. */
export function issuerItem(origin: string, { name, provider }: IssuerRecord) {
  return { id: `${origin}/certificates/issuers/${name}`, provider };
}

/** Contacts in an answer. */
export function contactsBundle(origin: string, { contacts }: ContactsRecord) {
  return { id: `${origin}/certificates/contacts`, contacts };
}

/** Contacts of a body. */
export function contactsOf({ contacts }: z.infer<typeof setContactsSchema>): ContactsRecord {
  return { contacts: contacts.map(({ email, ...rest }) => ({ email, ...withoutNulls(rest) })) };
}

type Present<T> = { readonly [K in keyof T]?: Exclude<T[K], null | undefined> };

function withoutNulls<T extends object>(members: T): Present<T> {
  return Object.fromEntries(
    Object.entries(members).filter(([, value]) => value != null),
  ) as Present<T>;
}
