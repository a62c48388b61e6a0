// SPDX-License-Identifier: Apache-2.0
/** All role assignments of a vault, one for each principal, whether they came by the resource or by the API. */

import {
  builtInRoles,
  canonicalJson,
  type JsonValue,
  type RoleName,
  sha256,
  toHex,
} from "@strongroom/core";
import type { ApiAssignment, RolesRecord } from "./role-records.ts";

/** One role of one principal, and what it came by. */
export type ListedAssignment = ApiAssignment & { readonly origin: "resource" | "api" };

/** Every assignment; those of the resource have names that follow from their content. */
export function listAssignments({ assignments, api }: RolesRecord): readonly ListedAssignment[] {
  const ofResource = assignments.flatMap(({ principals, role, scope, via, conditions }) => {
    const definition = builtInRoles[role as RoleName]?.id ?? role;
    const shared = { definition, scope, via, ...(conditions === undefined ? {} : { conditions }) };
    return principals.map((principal): ListedAssignment => {
      const content: JsonValue = { ...shared, principal };
      return { ...shared, principal, name: nameOf(content), origin: "resource" };
    });
  });
  const ofApi = api.assignments.map(
    (assignment): ListedAssignment => ({ ...assignment, origin: "api" }),
  );
  return [...ofResource, ...ofApi];
}

// A GUID, because clients expect one. RFC 9562 section 5.8: version 8, vendor-specific.
function nameOf(content: JsonValue): string {
  const hex = toHex(sha256(canonicalJson(content)));
  const version = `8${hex.slice(13, 16)}`;
  const variant = `8${hex.slice(17, 20)}`;
  return [hex.slice(0, 8), hex.slice(8, 12), version, variant, hex.slice(20, 32)].join("-");
}
