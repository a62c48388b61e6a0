// SPDX-License-Identifier: Apache-2.0
/**
 * Key Vault's release policy grammar, parsed, with the spellings that are in use: no `version`, `0.2`, `allOf` on top,
 * and `{claim, condition, value}` in place of `{claim, OPERATOR: value}`. A policy that is not understood is refused whole.
 */

import { z } from "zod";
import {
  type ClaimCondition,
  extendedOperators,
  extendedPolicyVersion,
  type GroupCondition,
  keyVaultOperators,
  maxAuthorityLength,
  normaliseAuthority,
  type PolicyAuthority,
  type PolicyCondition,
  type PolicyOperator,
  type PolicyScalar,
  type ReleasePolicy,
} from "./release-policy.ts";

/** Deepest nesting of anyOf and allOf, so that a hostile policy cannot exhaust the stack. */
const maxDepth = 8;
/** Most conditions in one list. Azure's own policies list some thirty authorities. */
const maxConditions = 100;
/** Most values of `in`. */
const maxValues = 1_000;
const maxVersionLength = 32;
const maxClaimLength = 256;
const maxTextLength = 4_096;

type Path = readonly (string | number)[];
type Members = Readonly<Record<string, unknown>>;

/** Where in a policy something is not as it must be. */
class Unusable extends Error {
  readonly path: Path;

  constructor(path: Path, message: string) {
    super(message);
    this.path = path;
  }
}

/** Schema of the grammar; its issues say where a policy is wrong. */
export const releasePolicySchema: z.ZodType<ReleasePolicy> = z
  .unknown()
  .transform((raw, context): ReleasePolicy => {
    try {
      return parsePolicy(raw);
    } catch (error) {
      if (!(error instanceof Unusable)) {
        throw error;
      }
      context.addIssue({ code: "custom", message: error.message, path: [...error.path] });
      return z.NEVER;
    }
  });

function parsePolicy(raw: unknown): ReleasePolicy {
  const { version = "1.0.0", ...rest } = membersOf(raw, []);
  if (typeof version !== "string" || version.length > maxVersionLength) {
    throw new Unusable(["version"], "is a word");
  }
  const { kind, list } = groupOf(rest, []);
  const operators: readonly PolicyOperator[] =
    version === extendedPolicyVersion
      ? [...keyVaultOperators, ...extendedOperators]
      : keyVaultOperators;
  const parse = (member: unknown, path: Path) => parseAuthority(member, path, operators);
  return { version, kind, authorities: list.map((member, at) => parse(member, [kind, at])) };
}

function parseAuthority(
  raw: unknown,
  path: Path,
  operators: readonly PolicyOperator[],
): PolicyAuthority {
  const { authority, ...rest } = membersOf(raw, path);
  if (typeof authority !== "string" || authority === "" || authority.length > maxAuthorityLength) {
    throw new Unusable([...path, "authority"], "is the issuer of the token");
  }
  const conditions = parseGroup(rest, { path, operators, depth: maxDepth });
  return { authority: normaliseAuthority(authority), conditions };
}

interface Place {
  readonly path: Path;
  readonly operators: readonly PolicyOperator[];
  /** How many groups may be inside of each other here. */
  readonly depth: number;
}

function parseGroup(raw: Members, { path, operators, depth }: Place): GroupCondition {
  const { kind, list } = groupOf(raw, path);
  const conditions = list.map((member, at) =>
    parseCondition(member, { path: [...path, kind, at], operators, depth: depth - 1 }),
  );
  return { kind, conditions };
}

function parseCondition(raw: unknown, place: Place): PolicyCondition {
  const members = membersOf(raw, place.path);
  if (Object.hasOwn(members, "claim")) {
    return parseClaim(members, place);
  }
  if (place.depth === 0) {
    throw new Unusable(place.path, `is nested deeper than ${maxDepth}`);
  }
  return parseGroup(members, place);
}

function parseClaim({ claim, ...rest }: Members, { path, operators }: Place): ClaimCondition {
  if (typeof claim !== "string" || claim === "" || claim.length > maxClaimLength) {
    throw new Unusable([...path, "claim"], `is a name of at most ${maxClaimLength} characters`);
  }
  const [name, value] = operatorOf(rest);
  const operator = operators.find((known) => known === name);
  if (operator === undefined) {
    const needs = extendedOperators.some((known) => known === name)
      ? `: ${name} needs version ${extendedPolicyVersion}`
      : "";
    throw new Unusable(path, `a claim has exactly one of ${operators.join(", ")}${needs}`);
  }
  return {
    kind: "claim",
    claim,
    operator,
    value: parseValue(operator, value, [...path, operator]),
  };
}

function operatorOf(members: Members): readonly [name: unknown, value: unknown] {
  const entries = Object.entries(members);
  const { condition, value, ...others } = members;
  if (condition !== undefined && value !== undefined && Object.keys(others).length === 0) {
    return [condition, value];
  }
  return entries.length === 1 && entries[0] !== undefined ? entries[0] : [undefined, undefined];
}

function parseValue(operator: PolicyOperator, value: unknown, path: Path): ClaimCondition["value"] {
  switch (operator) {
    case "in":
      if (!Array.isArray(value) || value.length === 0 || value.length > maxValues) {
        throw new Unusable(path, `is a list of 1 to ${maxValues} values`);
      }
      return value.map((member, at) => scalarOf(member, [...path, at]));
    case "startsWith":
    case "reference":
      if (typeof value !== "string" || value === "") {
        throw new Unusable(path, "is text that is not empty");
      }
      return scalarOf(value, path);
    case "maxAgeSeconds":
      if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 1) {
        throw new Unusable(path, "is a number of seconds");
      }
      return value;
    case "exists":
      // Any other word would be taken for `false`, and met by every token that lacks the claim.
      if (!["true", "false"].includes(String(value))) {
        throw new Unusable(path, "is true or false");
      }
      return scalarOf(value, path);
    default:
      return scalarOf(value, path);
  }
}

function scalarOf(value: unknown, path: Path): PolicyScalar {
  const isWord = typeof value === "string" && value.length <= maxTextLength;
  const isNumber = typeof value === "number" && Number.isFinite(value);
  if (isWord || isNumber || typeof value === "boolean") {
    return value;
  }
  throw new Unusable(path, "is text, a number, true or false");
}

function membersOf(raw: unknown, path: Path): Members {
  if (typeof raw !== "object" || raw === null || Array.isArray(raw)) {
    throw new Unusable(path, "is an object");
  }
  return raw as Members;
}

function groupOf(members: Members, path: Path) {
  const [kind, ...others] = Object.keys(members);
  if ((kind !== "anyOf" && kind !== "allOf") || others.length > 0) {
    throw new Unusable(path, "has exactly one of anyOf, allOf, and nothing else");
  }
  const list: unknown = members[kind];
  if (!Array.isArray(list) || list.length === 0 || list.length > maxConditions) {
    throw new Unusable([...path, kind], `is a list of 1 to ${maxConditions} members`);
  }
  return { kind, list: list as readonly unknown[] } as const;
}
