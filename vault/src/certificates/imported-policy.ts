// SPDX-License-Identifier: Apache-2.0
/** The policy of an imported certificate: what the caller says, and for the rest what the certificate says. */

import { StrongroomError } from "@strongroom/core";
import type { BundleSource, CertificateBundle } from "../x509/certificate-bundle.ts";
import type { CertificateFields } from "../x509/certificate-fields.ts";
import { isDistinguishedName } from "../x509/distinguished-name.ts";
import { countNames } from "../x509/general-names.ts";
import { keySigner } from "../x509/key-signer.ts";
import {
  type CertificatePolicy,
  pemContentType,
  pfxContentType,
  unknownIssuer,
} from "./certificate-policy.ts";
import { maxAlternativeNames, maxValidityMonths } from "./limits.ts";
import { policyOf } from "./policy-of.ts";
import type { PolicyBody } from "./policy-wire.ts";

const curves = { ES256: "P-256", ES384: "P-384", ES512: "P-521", ES256K: "P-256K" } as const;
const month = (365.25 / 12) * 86_400_000;

/** @throws {StrongroomError} `BadParameter` if the caller's policy does not go with the bundle. */
export function importedPolicy(
  bundle: CertificateBundle,
  {
    policy,
    source,
    name,
  }: {
    readonly policy: PolicyBody | undefined;
    readonly source: BundleSource;
    readonly name: string;
  },
  now: number,
): CertificatePolicy {
  const given = policy ?? {};
  const contentType = source.form === "pem" ? pemContentType : pfxContentType;
  return policyOf(
    {
      ...given,
      key_props: keyProperties(bundle, given.key_props),
      secret_props: { contentType: given.secret_props?.contentType ?? contentType },
      x509_props: { ...x509Properties(bundle, name), ...withoutNulls(given.x509_props ?? {}) },
      issuer: { name: unknownIssuer, ...withoutNulls(given.issuer ?? {}) },
    },
    now,
  );
}

/** The key is what it is; the caller says only where it lives and whether it may leave. */
function keyProperties(
  { key }: CertificateBundle,
  given: PolicyBody["key_props"],
): PolicyBody["key_props"] {
  const { algorithm } = keySigner(key);
  const family = algorithm === "RS256" ? "RSA" : "EC";
  const wanted = given?.kty ?? family;
  if (!wanted.startsWith(family)) {
    throw new StrongroomError("BadParameter", "key_props: the key is of another type");
  }
  const kind =
    algorithm === "RS256"
      ? { key_size: key.asymmetricKeyDetails?.modulusLength ?? 0 }
      : { crv: curves[algorithm] };
  return { ...kind, kty: wanted, exportable: given?.exportable, reuse_key: given?.reuse_key };
}

function x509Properties(
  { leaf }: CertificateBundle,
  name: string,
): NonNullable<PolicyBody["x509_props"]> {
  const { emails, dnsNames, upns, uris, ipAddresses } = leaf.alternativeNames;
  const first = (names: readonly string[]) => names.slice(0, maxAlternativeNames);
  const months = Math.round((leaf.notAfter.getTime() - leaf.notBefore.getTime()) / month);
  return {
    subject: subjectFor(leaf, name),
    ekus: [...leaf.extendedKeyUsage],
    sans: {
      ...{ emails: first(emails), dns_names: first(dnsNames), upns: first(upns) },
      ...{ uris: first(uris), ipAddresses: first(ipAddresses) },
    },
    key_usage: [...leaf.keyUsage],
    validity_months: Math.min(Math.max(months, 1), maxValidityMonths),
  };
}

/** Real certificates have names that no new one may have, or none at all; the next version gets the object's own then. */
function subjectFor({ subjectText, alternativeNames }: CertificateFields, name: string): string {
  const isNamed = subjectText !== "" || countNames(alternativeNames) > 0;
  return isNamed && isDistinguishedName(subjectText) ? subjectText : `CN=${name.slice(0, 64)}`;
}

function withoutNulls<T extends object>(members: T): T {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value != null)) as T;
}
