// SPDX-License-Identifier: Apache-2.0
/** Whole policies out of requests: what is left out is filled in, or stays as it was. */

import { StrongroomError } from "@strongroom/core";
import {
  type CertificatePolicy,
  checkPolicy,
  curveSizes,
  isUnknownIssuer,
  pfxContentType,
} from "./certificate-policy.ts";
import type { PolicyBody } from "./policy-wire.ts";

const serverAndClient = ["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"];

/** A whole policy of a body. @throws {StrongroomError} `BadParameter` if it names no issuer, or members do not go together. */
export function policyOf(body: PolicyBody, now: number): CertificatePolicy {
  const name = body.issuer?.name ?? undefined;
  if (name === undefined) {
    throw new StrongroomError("BadParameter", "issuer: the policy names no issuer");
  }
  const base = defaultPolicy({ name, isEc: body.key_props?.kty?.startsWith("EC") === true, now });
  return changePolicy(base, body, now);
}

/** The policy with the members of the body in place of its own. @throws {StrongroomError} `BadParameter` as above. */
export function changePolicy(
  policy: CertificatePolicy,
  body: PolicyBody,
  now: number,
): CertificatePolicy {
  const { x509_props } = policy;
  const changed: CertificatePolicy = {
    key_props: changeKey(policy.key_props, body.key_props),
    secret_props: merge(policy.secret_props, body.secret_props),
    x509_props: {
      ...merge(x509_props, body.x509_props),
      sans: merge(x509_props.sans, body.x509_props?.sans),
    },
    lifetime_actions: body.lifetime_actions?.map(toAction) ?? policy.lifetime_actions,
    issuer: merge(policy.issuer, body.issuer),
    attributes: { ...merge(policy.attributes, body.attributes), updated: now },
  };
  const whole = body.lifetime_actions === undefined ? withoutRenewal(changed) : changed;
  checkPolicy(whole);
  return whole;
}

interface Defaults {
  readonly name: string;
  readonly isEc: boolean;
  readonly now: number;
}

function defaultPolicy({ name, isEc, now }: Defaults): CertificatePolicy {
  return {
    key_props: isEc
      ? { exportable: true, kty: "EC", key_size: 256, reuse_key: false, crv: "P-256" }
      : { exportable: true, kty: "RSA", key_size: 2048, reuse_key: false },
    secret_props: { contentType: pfxContentType },
    x509_props: {
      subject: "",
      ekus: serverAndClient,
      sans: { emails: [], dns_names: [], upns: [], uris: [], ipAddresses: [] },
      // An EC key encrypts no other: RFC 8813 section 3.
      key_usage: isEc ? ["digitalSignature"] : ["digitalSignature", "keyEncipherment"],
      validity_months: 12,
    },
    lifetime_actions: [
      { trigger: { lifetime_percentage: 80 }, action: { action_type: "AutoRenew" } },
    ],
    issuer: { name },
    attributes: { enabled: true, created: now, updated: now },
  };
}

// A change of type brings the size and the curve that belong to it, and keys in the HSM stay there.
function changeKey(
  before: CertificatePolicy["key_props"],
  body: PolicyBody["key_props"],
): CertificatePolicy["key_props"] {
  const { crv: known, ...merged } = merge(before, body);
  const isEc = merged.kty.startsWith("EC");
  const crv = isEc ? (known ?? "P-256") : (body?.crv ?? undefined);
  const key_size =
    body?.key_size ?? (isEc ? curveSizes[crv ?? "P-256"] : before.crv ? 2048 : before.key_size);
  const exportable = body?.exportable ?? (before.exportable && !merged.kty.endsWith("-HSM"));
  return { ...merged, key_size, exportable, ...(crv === undefined ? {} : { crv }) };
}

/** Certificates of an unknown issuer are announced where others are renewed. */
function withoutRenewal(policy: CertificatePolicy): CertificatePolicy {
  if (!isUnknownIssuer(policy)) {
    return policy;
  }
  const lifetime_actions = policy.lifetime_actions.map(({ trigger }) => ({
    trigger,
    action: { action_type: "EmailContacts" as const },
  }));
  return { ...policy, lifetime_actions: lifetime_actions.slice(0, 1) };
}

function toAction({ trigger, action }: NonNullable<PolicyBody["lifetime_actions"]>[number]) {
  const { lifetime_percentage, days_before_expiry } = trigger;
  return {
    trigger: {
      ...(lifetime_percentage == null ? {} : { lifetime_percentage }),
      ...(days_before_expiry == null ? {} : { days_before_expiry }),
    },
    action,
  };
}

/** `base` with the members of `change` that are there and are not null. */
function merge<T extends object>(
  base: T,
  change: { readonly [K in keyof T]?: unknown } | null | undefined,
): T {
  const present = Object.entries(change ?? {}).filter(
    ([key, value]) => value != null && key !== "sans",
  );
  return { ...base, ...Object.fromEntries(present) };
}
