// SPDX-License-Identifier: Apache-2.0
/** What the vault's CA may issue: what its name constraints would make invalid is refused with a reason. RFC 5280 section 4.2.1.10. */

import { Refusal } from "../../audit/event.ts";
import { attributeValues } from "../../x509/distinguished-name.ts";
import type { CertificatePolicy } from "../certificate-policy.ts";

/** Months for which the vault's CA issues, at most: it must outlive what it issues. */
export const maxIssuedMonths = 36;

/** @throws {Refusal} `BadParameter` if the vault has no domains, or a certificate of the policy by the vault's CA would not be valid. */
export function checkDomains(policy: CertificatePolicy, domains: readonly string[]): void {
  const { sans, subject } = policy.x509_props;
  const mailboxes = [...sans.emails, ...attributeValues(subject, "E")];
  // TLS software takes a common name that looks like a host for one.
  const hosts = attributeValues(subject, "CN").filter((name) => /^[\w*-]+(\.[\w-]+)+$/.test(name));
  const names = [
    ...[...sans.dns_names, ...hosts],
    ...mailboxes.map((mailbox) => mailbox.slice(mailbox.lastIndexOf("@") + 1)),
    ...sans.uris.map(hostOfUri),
  ];
  const outside = names.find((name) => !domains.some((domain) => isWithin(name, domain)));
  const broken = rules.find(([breaks]) => breaks({ policy, domains, outside }));
  if (broken !== undefined) {
    throw new Refusal("BadParameter", broken[1]({ policy, domains, outside }));
  }
}

interface Case {
  readonly policy: CertificatePolicy;
  readonly domains: readonly string[];
  /** A name that is in none of the domains. */
  readonly outside: string | undefined;
}

type Rule = readonly [breaks: (found: Case) => boolean, message: (found: Case) => string];

const rules: readonly Rule[] = [
  [({ domains }) => domains.length === 0, () => "this vault's CA has no domains to issue for"],
  [
    ({ outside }) => outside !== undefined,
    ({ outside, domains }) =>
      `${outside} is not within the domains of this vault's CA, which are ${domains.join(", ")}`,
  ],
  [
    ({ policy }) => policy.x509_props.sans.ipAddresses.length > 0,
    () => "this vault's CA issues for no IP addresses",
  ],
  [
    // No name constraint is known that would bound them.
    ({ policy }) => policy.x509_props.sans.upns.length > 0,
    () => "this vault's CA issues for no user principal names",
  ],
  [
    ({ policy }) => policy.x509_props.key_usage.includes("keyCertSign"),
    () => "this vault's CA issues no certificates of other CAs",
  ],
  [
    ({ policy }) => policy.x509_props.validity_months > maxIssuedMonths,
    () => `this vault's CA issues for ${maxIssuedMonths} months at most`,
  ],
];

function isWithin(name: string, domain: string): boolean {
  const lower = name.toLowerCase();
  return lower === domain || lower.endsWith(`.${domain}`);
}

/** Host of a URI, or what no domain holds. */
function hostOfUri(uri: string): string {
  return /^[A-Za-z][A-Za-z0-9+.-]*:\/\/([^/?#@:]+@)?([^/?#:@]+)/.exec(uri)?.[2] ?? uri;
}
