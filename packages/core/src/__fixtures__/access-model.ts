// SPDX-License-Identifier: Apache-2.0
/** What access means, written a second time in the plainest way and from nothing of ours: what the real code is held against. */

import { BlockList, isIPv6 } from "node:net";

/** An identity. */
export interface ModelPrincipal {
  readonly issuer: string;
  readonly subject: string;
  readonly accountUid?: string | null | undefined;
}

/** A role of some principals. */
export interface ModelAssignment {
  readonly actions: readonly string[];
  readonly scope: string;
  readonly via: string;
  readonly conditions?:
    | {
        readonly sourceRanges?: readonly string[] | undefined;
        readonly notBefore?: number | undefined;
        readonly notAfter?: number | undefined;
      }
    | undefined;
  readonly principals: readonly ModelPrincipal[];
}

/** What is asked for. */
export interface ModelRequest {
  readonly principal: ModelPrincipal;
  readonly action: string;
  readonly object?: string | undefined;
  readonly via: string;
  readonly circumstances?: { readonly at: Date; readonly source?: string | undefined } | undefined;
}

/** Whether one assignment allows all of the request. */
export function modelAllows(
  assignments: readonly ModelAssignment[],
  request: ModelRequest,
): boolean {
  return assignments.some((assignment) => refusals(assignment, request).length === 0);
}

/** Everything that speaks against it. */
function refusals(assignment: ModelAssignment, request: ModelRequest): readonly string[] {
  const isNamed = assignment.principals.some((named) => isSame(named, request.principal));
  return [
    ...(isNamed ? [] : ["another identity"]),
    ...(assignment.actions.includes(request.action) ? [] : ["another action"]),
    ...(assignment.via === "release" && request.via === "api" ? ["another way"] : []),
    ...(isReached(assignment.scope, request) ? [] : ["another object"]),
    ...(isInTime(assignment, request) ? [] : ["another time"]),
    ...(isFromThere(assignment, request) ? [] : ["another place"]),
  ];
}

function isSame(named: ModelPrincipal, caller: ModelPrincipal): boolean {
  if (named.accountUid === null) {
    return false;
  }
  const spell = ({ issuer, subject, accountUid }: ModelPrincipal) =>
    JSON.stringify([issuer, subject, accountUid ?? "none"]);
  return spell(named) === spell(caller);
}

function isReached(scope: string, { action, object }: ModelRequest): boolean {
  const kind = kindOf(action);
  const [scopeKind, pattern] = readScope(scope);
  if (scopeKind === "nothing") {
    return false;
  }
  if (object !== undefined) {
    const [objectKind, name] = object.split("/");
    const isRightKind = objectKind === kind && (scopeKind === "all" || scopeKind === kind);
    return isRightKind && pattern.test(name ?? "");
  }
  if (scopeKind === "all") {
    return true;
  }
  const isLater = /readMetadata|\/(?:keys|certificates)\/read$|\/restore\/action$/.test(action);
  // A pattern that the longest name of strange letters matches, matches every name.
  return scopeKind === kind && (isLater || pattern.test("q0".repeat(60)));
}

function kindOf(action: string): string {
  const word = /vaults\/([a-z]+)/.exec(action)?.[1] ?? "";
  const kinds = { keyrotationpolicies: "keys", certificatecas: "certificates" };
  return { ...kinds, certificatecontacts: "certificates" }[word] ?? word;
}

function readScope(scope: string): readonly [string, RegExp] {
  if (scope === "*" || scope === "/") {
    return ["all", /^/];
  }
  const found = /^\/?(secrets|keys|certificates)(?:\/([0-9a-zA-Z*-]+))?$/.exec(scope);
  const pattern = (found?.[2] ?? "*").replaceAll("*", ".*");
  return [found?.[1] ?? "nothing", new RegExp(`^${pattern}$`, "i")];
}

function isInTime({ conditions = {} }: ModelAssignment, { circumstances }: ModelRequest): boolean {
  const { notBefore, notAfter } = conditions;
  if (notBefore === undefined && notAfter === undefined) {
    return true;
  }
  if (circumstances === undefined) {
    return false;
  }
  const at = circumstances.at.getTime();
  const from = notBefore === undefined ? at : notBefore * 1_000;
  const to = notAfter === undefined ? at + 1 : notAfter * 1_000;
  return from <= at && at < to;
}

function isFromThere(
  { conditions = {} }: ModelAssignment,
  { circumstances }: ModelRequest,
): boolean {
  const source = circumstances?.source;
  return (
    conditions.sourceRanges === undefined ||
    (source !== undefined && conditions.sourceRanges.some((range) => holds(range, source)))
  );
}

function holds(range: string, source: string): boolean {
  const [base = "", length] = range.split("/");
  const list = new BlockList();
  const family = (address: string) => (isIPv6(address) ? "ipv6" : "ipv4");
  list.addSubnet(base, Number(length ?? (isIPv6(base) ? 128 : 32)), family(base));
  return list.check(source, family(source));
}
