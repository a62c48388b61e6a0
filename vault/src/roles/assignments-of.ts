// SPDX-License-Identifier: Apache-2.0
/** Role assignments as a SecretVault has them, for the record: principals by issuer and subject, times in seconds. */

import type { RoleAssignmentSpec, SecretVaultSpec } from "@strongroom/api";
import type { ResourceAssignment, StoredPrincipal } from "./role-records.ts";

/**
 * The assignments of `spec`. ServiceAccounts are of the vault's own namespace; they come by release unless the spec says
 * otherwise, so that a stolen pod's token reads nothing on the plain routes.
 *
 * @param clusterIssuer Issuer of ServiceAccount identities, `kubernetes:<cluster uid>`.
 */
export function assignmentsOf(
  spec: SecretVaultSpec,
  namespace: string,
  clusterIssuer: string,
): ResourceAssignment[] {
  return spec.roleAssignments.map(
    ({ role, scope, via, conditions, principals, delegable }): ResourceAssignment => ({
      role,
      scope,
      via:
        via ?? (principals.every((principal) => principal.oidc !== undefined) ? "api" : "release"),
      principals: principals.map((principal) => toPrincipal(principal, namespace, clusterIssuer)),
      ...(conditions === undefined ? {} : { conditions: toConditions(conditions) }),
      ...(delegable === undefined ? {} : { delegable }),
    }),
  );
}

function toPrincipal(
  { oidc, serviceAccount }: RoleAssignmentSpec["principals"][number],
  namespace: string,
  clusterIssuer: string,
): StoredPrincipal {
  if (oidc !== undefined) {
    return { issuer: oidc.issuer, subject: oidc.subject };
  }
  const name = serviceAccount?.name ?? "";
  return { issuer: clusterIssuer, subject: `system:serviceaccount:${namespace}:${name}` };
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
