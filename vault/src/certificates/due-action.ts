// SPDX-License-Identifier: Apache-2.0
/** What is due for a certificate at an instant: pure, so that time is whatever a test says. */

import { toSeconds } from "../vaults/to-seconds.ts";
import { type CertificatePolicy, isUnknownIssuer } from "./certificate-policy.ts";
import { type CertificateVersion, isPending } from "./certificate-type.ts";

/** Something to do. */
export type DueAction = "renew" | "announceNearExpiry" | "announceExpired";

type Lifetime = CertificatePolicy["lifetime_actions"][number];

/** What is due for the current version of a certificate; nothing for one that is pending. */
export function dueAction(
  policy: CertificatePolicy,
  version: CertificateVersion,
  at: Date,
): DueAction | undefined {
  const { nbf, exp, announced } = version;
  if (isPending(version) || nbf === undefined || exp === undefined) {
    return undefined;
  }
  const now = toSeconds(at);
  const isDue = (type: Lifetime["action"]["action_type"]) =>
    policy.lifetime_actions.some(
      ({ action, trigger }) => action.action_type === type && now >= momentOf(trigger, nbf, exp),
    );
  const isActive = policy.attributes.enabled && version.enabled;
  if (isActive && !isUnknownIssuer(policy) && isDue("AutoRenew")) {
    return "renew";
  }
  if (now >= exp) {
    return announced === "expired" ? undefined : "announceExpired";
  }
  return announced === undefined && isDue("EmailContacts") ? "announceNearExpiry" : undefined;
}

/** When a trigger fires, in seconds since the epoch. */
function momentOf(trigger: Lifetime["trigger"], nbf: number, exp: number): number {
  const { lifetime_percentage, days_before_expiry } = trigger;
  return days_before_expiry === undefined
    ? nbf + ((exp - nbf) * (lifetime_percentage ?? 100)) / 100
    : exp - days_before_expiry * 86_400;
}
