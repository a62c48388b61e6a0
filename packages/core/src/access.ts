// SPDX-License-Identifier: Apache-2.0
/** Who may do what: role assignments with scope and conditions, and the decision. Deny unless one assignment covers all. */

import {
  allowsVia,
  type Circumstances,
  type Conditions,
  meetsConditions,
  type Via,
} from "./access-conditions.ts";
import { coversScope, holdsWhole, inScope, touchesKind } from "./access-scope.ts";
import { type DataAction, isDecidedByObject, kindOfAction } from "./data-actions.ts";

/** Whom an assignment is for; matched whole, never by pattern. */
export interface Principal {
  /** `https://…` of an OIDC issuer, or `kubernetes:<cluster uid>`. */
  readonly issuer: string;
  readonly subject: string;
  /**
   * Uid of a ServiceAccount: an account that is made anew under an old name is another one. `null` in an assignment
   * whose account is not known yet, which matches nobody.
   */
  readonly accountUid?: string | null | undefined;
}

/** One role for some principals on some objects. */
export interface RoleAssignment {
  /** Name of the role, for people and the audit log. */
  readonly role: string;
  /** What the role allows. */
  readonly actions: readonly DataAction[];
  /** As `parseScope` reads it. */
  readonly scope: string;
  readonly via: Via;
  readonly conditions?: Conditions | undefined;
  readonly principals: readonly Principal[];
  /** Names of roles that the principals may grant to others in this scope though they do not hold them. */
  readonly delegable?: readonly string[] | undefined;
}

/** What is asked for. */
export interface AccessRequest {
  readonly principal: Principal;
  readonly action: DataAction;
  /** `KIND/NAME`. Absent where objects are decided later, one by one, and for what concerns all objects at once. */
  readonly object?: string | undefined;
  readonly via: Via;
  /** Absent: assignments with conditions do not apply. */
  readonly circumstances?: Circumstances | undefined;
}

/** The decision; a denial is an answer, not an error. */
export type AccessDecision =
  | { readonly kind: "allowed"; readonly role: string }
  | { readonly kind: "denied"; readonly reasons: readonly string[] };

/** Decides `request` by `assignments`. */
export function authorize(
  assignments: readonly RoleAssignment[],
  request: AccessRequest,
): AccessDecision {
  return decide(assignments, request, (assignment) => reaches(assignment.scope, request));
}

/**
 * Decides an action on a scope as a whole, such as a grant in it: the assignment must cover all of the scope.
 *
 * @param request Its `object` is not looked at.
 */
export function authorizeScope(
  assignments: readonly RoleAssignment[],
  request: AccessRequest,
  scope: string,
): AccessDecision {
  return decide(assignments, request, (assignment) => coversScope(assignment.scope, scope));
}

function decide(
  assignments: readonly RoleAssignment[],
  request: AccessRequest,
  isInReach: (assignment: RoleAssignment) => boolean,
): AccessDecision {
  const isMine = (assignment: RoleAssignment) => isFor(assignment, request.principal);
  const match = assignments.find(
    (assignment) =>
      isMine(assignment) &&
      allowsVia(assignment.via, request.via) &&
      assignment.actions.includes(request.action) &&
      isInReach(assignment) &&
      meetsConditions(assignment.conditions, request.circumstances),
  );
  if (match !== undefined) {
    return { kind: "allowed", role: match.role };
  }
  const reason = assignments.some(isMine)
    ? `no assigned role allows ${request.action} via ${request.via} here`
    : "no role is assigned to this identity";
  return { kind: "denied", reasons: [reason] };
}

/** Whether an assignment names `principal`. */
export function isFor(assignment: RoleAssignment, principal: Principal): boolean {
  return assignment.principals.some((named) => samePrincipal(named, principal));
}

/** Whether two are the same identity; an account that is not known is nobody's. */
export function samePrincipal(a: Principal, b: Principal): boolean {
  return (
    a.issuer === b.issuer &&
    a.subject === b.subject &&
    a.accountUid !== null &&
    a.accountUid === b.accountUid
  );
}

function reaches(scope: string, { action, object }: AccessRequest): boolean {
  const kind = kindOfAction(action);
  if (object !== undefined) {
    return object.startsWith(`${kind}/`) && inScope(scope, object);
  }
  return kind !== undefined && isDecidedByObject(action)
    ? touchesKind(scope, kind)
    : holdsWhole(scope, kind);
}
