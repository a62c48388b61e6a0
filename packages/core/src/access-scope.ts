// SPDX-License-Identifier: Apache-2.0
/** Scopes of role assignments: the vault, all objects of a kind, or objects by name pattern. */

import type { ScopeKind } from "./data-actions.ts";

/** A parsed scope. `pattern` is over names, without regard to case; `*` stands for any run of characters. */
export type Scope =
  | { readonly kind: "vault" }
  | { readonly kind: "objects"; readonly of: ScopeKind; readonly pattern: string };

/** Spelling of a scope: `*` or `/`; `KIND`; `KIND/PATTERN`; a slash may stand before a kind, as in Managed HSM. */
export const scopePattern =
  /^(?:\*|\/|\/?(secrets|keys|certificates)(?:\/([0-9a-zA-Z*-]{1,127}))?)$/;

/** Parses a scope; nothing if it is none. */
export function parseScope(text: string): Scope | undefined {
  const match = scopePattern.exec(text);
  if (match === null) {
    return undefined;
  }
  const [, of, pattern = "*"] = match;
  return of === undefined
    ? { kind: "vault" }
    : { kind: "objects", of: of as ScopeKind, pattern: pattern.toLowerCase() };
}

/** Whether `object` (`KIND/NAME`) lies in `scope`; nothing lies in what is no scope. */
export function inScope(scope: string, object: string): boolean {
  const parsed = parseScope(scope);
  if (parsed === undefined || parsed.kind === "vault") {
    return parsed !== undefined;
  }
  const slash = object.indexOf("/");
  return (
    object.slice(0, slash) === parsed.of && matchesPattern(parsed.pattern, object.slice(slash + 1))
  );
}

/** Whether a list of `kind` may hold anything of `scope`. */
export function touchesKind(scope: string, kind: ScopeKind): boolean {
  const parsed = parseScope(scope);
  return parsed !== undefined && (parsed.kind === "vault" || parsed.of === kind);
}

/** Whether everything of `kind`, or with no kind everything at all, lies in `scope`. */
export function holdsWhole(scope: string, kind: ScopeKind | undefined): boolean {
  const parsed = parseScope(scope);
  if (parsed === undefined || parsed.kind === "vault") {
    return parsed !== undefined;
  }
  return parsed.of === kind && /^\*+$/.test(parsed.pattern);
}

/** Whether every object of `inner` lies in `outer`. */
export function coversScope(outer: string, inner: string): boolean {
  const [wide, narrow] = [parseScope(outer), parseScope(inner)];
  if (wide === undefined || narrow === undefined) {
    return false;
  }
  if (wide.kind === "vault" || narrow.kind === "vault") {
    return wide.kind === "vault";
  }
  // No name holds a `*`. So the narrow pattern, read as a name, matches exactly if all that it stands for does: what
  // its `*` becomes can be anything, and only a `*` of the wide one takes anything.
  return wide.of === narrow.of && matchesPattern(wide.pattern, narrow.pattern);
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
