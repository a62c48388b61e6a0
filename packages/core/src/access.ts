// SPDX-License-Identifier: Apache-2.0
/** Who may do what: Key Vault's built-in roles, role assignments with scope and condition, and the decision. */

import { certificateActions, type DataAction, keyActions, secretActions } from "./data-actions.ts";

/** Built-in roles with their data actions, named as Azure names them. */
export const builtInRoles = {
  "Key Vault Administrator": [...secretActions, ...keyActions, ...certificateActions],
  "Key Vault Secrets Officer": secretActions,
  "Key Vault Secrets User": [
    "Microsoft.KeyVault/vaults/secrets/getSecret/action",
    "Microsoft.KeyVault/vaults/secrets/readMetadata/action",
  ],
  "Key Vault Crypto Officer": keyActions,
  "Key Vault Certificates Officer": certificateActions,
  "Key Vault Reader": [
    "Microsoft.KeyVault/vaults/secrets/readMetadata/action",
    "Microsoft.KeyVault/vaults/keys/read",
    "Microsoft.KeyVault/vaults/certificates/read",
  ],
} as const satisfies Record<string, readonly DataAction[]>;

/** Name of a built-in role. */
export type RoleName = keyof typeof builtInRoles;

/** How a caller comes: by release to an attested node, or over the plain API. */
export type Via = "release" | "api";

/** Whom an assignment is for; matched whole, never by pattern. */
export interface Principal {
  readonly issuer: string;
  readonly subject: string;
}

/** One role for some principals on some objects. */
export interface RoleAssignment {
  readonly role: RoleName;
  /** `*`, or `secrets/` and a name in which `*` stands for any run of characters; case does not matter. */
  readonly scope: string;
  readonly via: Via;
  readonly principals: readonly Principal[];
}

/** What is asked for. */
export interface AccessRequest {
  readonly principal: Principal;
  readonly action: DataAction;
  /** `secrets/NAME`; absent for a list, which is then filtered by name. */
  readonly object?: string;
  readonly via: Via;
}

/** The decision; a denial is an answer, not an error. */
export type AccessDecision =
  | { readonly kind: "allowed"; readonly role: RoleName }
  | { readonly kind: "denied"; readonly reasons: readonly string[] };

/** Decides `request` by `assignments`: deny unless one assignment covers all of it. */
export function authorize(
  assignments: readonly RoleAssignment[],
  request: AccessRequest,
): AccessDecision {
  const mine = assignments.filter((assignment) =>
    assignment.principals.some((principal) => samePrincipal(principal, request.principal)),
  );
  const match = mine.find((assignment) => covers(assignment, request));
  if (match !== undefined) {
    return { kind: "allowed", role: match.role };
  }
  const reason =
    mine.length === 0
      ? "no role is assigned to this identity"
      : `no assigned role allows ${request.action} via ${request.via} here`;
  return { kind: "denied", reasons: [reason] };
}

function covers(assignment: RoleAssignment, request: AccessRequest): boolean {
  const actions: readonly DataAction[] = builtInRoles[assignment.role];
  return (
    allowsVia(assignment.via, request.via) &&
    actions.includes(request.action) &&
    (request.object === undefined || inScope(assignment.scope, request.object))
  );
}

/** Who may read on the plain routes may also have it released to an attested node; never the other way round. */
function allowsVia(granted: Via, asked: Via): boolean {
  return granted === "api" || asked === "release";
}

function samePrincipal(a: Principal, b: Principal): boolean {
  return a.issuer === b.issuer && a.subject === b.subject;
}

/** Whether `object` (`secrets/NAME`) lies in `scope`. */
export function inScope(scope: string, object: string): boolean {
  return matchesPattern(scope, object);
}

/** Glob match without regular expressions: `*` is any run of characters, the rest is literal, case folded. */
export function matchesPattern(pattern: string, text: string): boolean {
  const parts = pattern.toLowerCase().split("*");
  const subject = text.toLowerCase();
  const first = parts[0] ?? "";
  const last = parts[parts.length - 1] ?? "";
  if (parts.length === 1) {
    return subject === first;
  }
  if (
    subject.length < first.length + last.length ||
    !subject.startsWith(first) ||
    !subject.endsWith(last)
  ) {
    return false;
  }
  const end = subject.length - last.length;
  let from = first.length;
  for (const part of parts.slice(1, -1)) {
    const at = subject.indexOf(part, from);
    if (at < 0 || at + part.length > end) {
      return false;
    }
    from = at + part.length;
  }
  return true;
}
