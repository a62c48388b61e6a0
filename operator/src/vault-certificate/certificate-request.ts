// SPDX-License-Identifier: Apache-2.0
/** A VaultCertificate in Key Vault's own JSON: CreateCertificate's body. Pure. */

import type { PutCertificateRequest, VaultCertificateSpec } from "@strongroom/api";

type Policy = VaultCertificateSpec["policy"];

/** The body. */
export function toCertificateRequest({
  policy,
  attributes,
  tags,
}: VaultCertificateSpec): Pick<PutCertificateRequest, "certificate"> {
  return {
    certificate: {
      policy: toPolicy(policy),
      attributes: { enabled: attributes?.enabled ?? true },
      ...(tags !== undefined && { tags }),
    },
  };
}

function toPolicy(policy: Policy): object {
  const { keyProperties, secretProperties, x509Properties, lifetimeActions, issuer } = policy;
  return {
    ...(keyProperties !== undefined && { key_props: toKeyProperties(keyProperties) }),
    ...(secretProperties !== undefined && { secret_props: secretProperties }),
    x509_props: toX509Properties(x509Properties),
    ...(lifetimeActions !== undefined && { lifetime_actions: lifetimeActions.map(toAction) }),
    issuer: {
      name: issuer.name,
      ...(issuer.certificateType !== undefined && { cty: issuer.certificateType }),
    },
  };
}

const curveBits = { "P-256": 256, "P-384": 384, "P-521": 521, "P-256K": 256 } as const;

function toKeyProperties(key: NonNullable<Policy["keyProperties"]>): object {
  const { keyType, keySize, curve, exportable, reuseKey } = key;
  const isHsm = keyType?.endsWith("-HSM") === true;
  return {
    ...(keyType !== undefined && { kty: keyType }),
    ...(keySize !== undefined && { key_size: keySize }),
    ...(curve !== undefined && { crv: curve, key_size: curveBits[curve] }),
    // A key in the token leaves it for nobody; Key Vault's own default says otherwise.
    ...((exportable !== undefined || isHsm) && { exportable: exportable ?? false }),
    ...(reuseKey !== undefined && { reuse_key: reuseKey }),
  };
}

function toX509Properties(properties: Policy["x509Properties"]): object {
  const { subject, subjectAlternativeNames: sans, ekus, keyUsage, validityMonths } = properties;
  return {
    ...(subject !== undefined && { subject }),
    ...(sans !== undefined && {
      sans: {
        ...(sans.dnsNames !== undefined && { dns_names: sans.dnsNames }),
        ...(sans.emails !== undefined && { emails: sans.emails }),
        ...(sans.upns !== undefined && { upns: sans.upns }),
        ...(sans.uris !== undefined && { uris: sans.uris }),
        ...(sans.ipAddresses !== undefined && { ipAddresses: sans.ipAddresses }),
      },
    }),
    ...(ekus !== undefined && { ekus }),
    ...(keyUsage !== undefined && { key_usage: keyUsage }),
    ...(validityMonths !== undefined && { validity_months: validityMonths }),
  };
}

function toAction({ trigger, action }: NonNullable<Policy["lifetimeActions"]>[number]): object {
  const { lifetimePercentage, daysBeforeExpiry } = trigger;
  return {
    trigger: {
      ...(lifetimePercentage !== undefined && { lifetime_percentage: lifetimePercentage }),
      ...(daysBeforeExpiry !== undefined && { days_before_expiry: daysBeforeExpiry }),
    },
    action: { action_type: action },
  };
}
