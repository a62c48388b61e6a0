// SPDX-License-Identifier: Apache-2.0
/** Role assignments as a SecretVault has them, for the record: principals by issuer and subject, times in seconds. */

import type { RoleAssignmentSpec, SecretVaultSpec } from "@strongroom/api";
import type { ResourceAssignment, StoredPrincipal } from "./role-records.ts";

/** Where the ServiceAccounts of a vault's resource are, and which they are. */
export interface AccountPlace {
  /** The vault's own namespace. */
  readonly namespace: string;
  /** Issuer of ServiceAccount identities, `kubernetes:<cluster uid>`. */
  readonly clusterIssuer: string;
  /** Uid by name. */
  readonly bound: Readonly<Record<string, string>>;
}

/**
 * The assignments of `spec`. ServiceAccounts come by release unless the spec says otherwise, so that a stolen pod's token
 * reads nothing on the plain routes.
 */
export function assignmentsOf(
  spec: Pick<SecretVaultSpec, "roleAssignments">,
  place: AccountPlace,
): ResourceAssignment[] {
  return spec.roleAssignments.map(
    ({ role, scope, via, conditions, principals, delegable }): ResourceAssignment => ({
      role,
      scope,
      via:
        via ?? (principals.every((principal) => principal.oidc !== undefined) ? "api" : "release"),
      principals: principals.map((principal) => toPrincipal(principal, place)),
      ...(conditions === undefined ? {} : { conditions: toConditions(conditions) }),
      ...(delegable === undefined ? {} : { delegable }),
    }),
  );
}

/** Names of the ServiceAccounts in `spec` of which it does not say the uid. */
export function accountsNamed(spec: SecretVaultSpec): readonly string[] {
  return spec.roleAssignments.flatMap(({ principals }) =>
    principals.flatMap(({ serviceAccount }) =>
      serviceAccount === undefined || serviceAccount.uid !== undefined ? [] : serviceAccount.name,
    ),
  );
}

function toPrincipal(
  { oidc, serviceAccount }: RoleAssignmentSpec["principals"][number],
  { namespace, clusterIssuer, bound }: AccountPlace,
): StoredPrincipal {
  if (oidc !== undefined) {
    return { issuer: oidc.issuer, subject: oidc.subject };
  }
  const { name, uid } = serviceAccount ?? { name: "" };
  return {
    issuer: clusterIssuer,
    subject: `system:serviceaccount:${namespace}:${name}`,
    accountUid: uid ?? bound[name] ?? null,
  };
}

function toConditions({
  sourceRanges,
  notBefore,
  notAfter,
}: NonNullable<RoleAssignmentSpec["conditions"]>): ResourceAssignment["conditions"] {
  return {
    ...(sourceRanges === undefined ? {} : { sourceRanges }),
    ...(notBefore === undefined ? {} : { notBefore: Date.parse(notBefore) / 1000 }),
    ...(notAfter === undefined ? {} : { notAfter: Date.parse(notAfter) / 1000 }),
  };
}
