// SPDX-License-Identifier: Apache-2.0
/** `$filter` of role routes: the few expressions that Managed HSM documents. */

import { coversScope, StrongroomError } from "@strongroom/core";
import { z } from "zod";
import type { ListedAssignment } from "../../roles/list-assignments.ts";
import { formatPrincipalId } from "../../roles/principal-id.ts";

const querySchema = z.object({ $filter: z.string().max(2_048).optional() });

/**
 * Which assignments a list in `scope` holds: those at, above and below it; with `atScope()` those at and above it; with
 * `principalId eq 'ID'` those of one principal.
 *
 * @throws {StrongroomError} `BadParameter` for any other filter.
 */
export function assignmentFilter(
  query: unknown,
  scope: string,
): (assignment: ListedAssignment) => boolean {
  const filter = querySchema.parse(query).$filter?.trim() ?? "";
  const isAbove = (assignment: ListedAssignment) => coversScope(assignment.scope, scope);
  const isNear = (assignment: ListedAssignment) =>
    isAbove(assignment) || coversScope(scope, assignment.scope);
  const principal = /^principalId eq '((?:[^']|'')*)'$/i.exec(filter)?.[1]?.replaceAll("''", "'");
  if (principal !== undefined) {
    return (assignment) =>
      isNear(assignment) && formatPrincipalId(assignment.principal) === principal;
  }
  switch (filter.toLowerCase()) {
    case "":
      return isNear;
    case "atscope()":
      return isAbove;
    default:
      throw new StrongroomError(
        "BadParameter",
        "$filter is not supported; supported are atScope() and principalId eq 'ID'",
      );
  }
}

/**
 * Which definitions a list holds; `type eq` is the only filter that excludes any, since all are assignable everywhere.
 *
 * @throws {StrongroomError} `BadParameter` for a filter that is not known.
 */
export function definitionFilter(query: unknown): (type: string) => boolean {
  const filter = querySchema.parse(query).$filter?.trim() ?? "";
  const type = /^type eq '(\w{1,32})'$/i.exec(filter)?.[1]?.toLowerCase();
  if (type !== undefined) {
    return (candidate) => candidate.toLowerCase() === type;
  }
  if (filter !== "" && !/^atScope(?:AndBelow)?\(\)$/i.test(filter)) {
    throw new StrongroomError(
      "BadParameter",
      "$filter is not supported; supported are atScopeAndBelow() and type eq 'CustomRole'",
    );
  }
  return () => true;
}
