// SPDX-License-Identifier: Apache-2.0
/** What a policy says of a certificate, as X.509 has it. */

import { encodeDistinguishedName } from "../x509/distinguished-name.ts";
import {
  basicConstraints,
  extendedKeyUsage,
  keyUsage,
  subjectAltName,
} from "../x509/extensions.ts";
import type { AlternativeNames } from "../x509/general-names.ts";
import { countNames } from "../x509/general-names.ts";
import type { CertificatePolicy } from "./certificate-policy.ts";

/** Subject and extensions, DER; those that name keys are the issuer's affair. */
export interface PolicyContent {
  readonly subject: Uint8Array;
  readonly extensions: readonly Uint8Array[];
}

/** What certificates and requests of the policy say. @throws {StrongroomError} `BadParameter` if the subject is no name. */
export function contentOf({ x509_props }: CertificatePolicy): PolicyContent {
  const { subject, ekus, key_usage } = x509_props;
  const names = alternativeNamesOf(x509_props);
  const hasNames = countNames(names) > 0;
  return {
    subject: encodeDistinguishedName(subject),
    extensions: [
      // Who may sign certificates is a CA; how far its own may go is not for a policy to say.
      key_usage.includes("keyCertSign") ? basicConstraints(0) : basicConstraints(),
      ...(key_usage.length === 0 ? [] : [keyUsage(key_usage)]),
      ...(ekus.length === 0 ? [] : [extendedKeyUsage(ekus)]),
      ...(hasNames ? [subjectAltName(names, subject === "" ? "unnamed" : "named")] : []),
    ],
  };
}

/** A policy's alternative names. */
export function alternativeNamesOf({ sans }: CertificatePolicy["x509_props"]): AlternativeNames {
  return { ...sans, dnsNames: sans.dns_names };
}

/** The instant `months` months after `start`, on the same day where the month has it. */
export function addMonths(start: Date, months: number): Date {
  const end = new Date(start);
  end.setUTCDate(1);
  end.setUTCMonth(end.getUTCMonth() + months);
  const lastDay = new Date(Date.UTC(end.getUTCFullYear(), end.getUTCMonth() + 1, 0)).getUTCDate();
  end.setUTCDate(Math.min(start.getUTCDate(), lastDay));
  return end;
}
