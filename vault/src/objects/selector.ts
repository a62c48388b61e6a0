// SPDX-License-Identifier: Apache-2.0
/** Whether a release policy selects an object. */

import { type ObjectKind, objectKindSchema } from "@strongroom/api";
import { matchesPattern } from "@strongroom/core";
import type { PolicyRecord } from "../vaults/vault-record.ts";

/** What of an object decides, besides its name, which policies select it. */
export interface GovernedKind {
  readonly kind: ObjectKind;
  /** Whether a certificate is behind it. */
  readonly managed: boolean;
}

/** Whether the policy's selector has this kind and name. */
export function selects(
  policy: Pick<PolicyRecord, "kinds" | "names">,
  kind: GovernedKind,
  name: string,
): boolean {
  return (
    facesOf(kind).some((face) => policy.kinds.includes(face)) &&
    policy.names.some((pattern) => matchesPattern(pattern, name))
  );
}

/** The two sets of names as one, sorted. */
export function unite(a: readonly string[], b: readonly string[]): string[] {
  return [...new Set([...a, ...b])].sort();
}

/** Kinds of the faces of an object: certificate, key and secret of one name are one thing, and what governs any governs all. */
export function facesOf({ kind, managed }: GovernedKind): readonly ObjectKind[] {
  return managed || kind === "certificates" ? objectKindSchema.options : [kind];
}
