// SPDX-License-Identifier: Apache-2.0
/** What the key of a certificate may do: Key Vault's map of key usages. */

import type { KeyUsage } from "@strongroom/api";
import type { KeyOperation } from "../keys/key-operations.ts";
import { type CertificatePolicy, isEcPolicy } from "./certificate-policy.ts";

const signing = ["sign", "verify"] as const;

const byUsage: Readonly<Partial<Record<KeyUsage, readonly KeyOperation[]>>> = {
  digitalSignature: signing,
  nonRepudiation: signing,
  keyCertSign: signing,
  cRLSign: signing,
  keyEncipherment: ["wrapKey", "unwrapKey"],
  dataEncipherment: ["encrypt", "decrypt"],
};

/** Operations of the policy's key; one that says no usage has all that its type has. */
export function operationsOf(policy: CertificatePolicy): readonly KeyOperation[] {
  const { key_usage } = policy.x509_props;
  const usages = key_usage.length === 0 ? (Object.keys(byUsage) as KeyUsage[]) : key_usage;
  const operations = new Set(usages.flatMap((usage) => byUsage[usage] ?? []));
  return isEcPolicy(policy) ? signing.filter((one) => operations.has(one)) : [...operations];
}
