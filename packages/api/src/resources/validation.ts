// SPDX-License-Identifier: Apache-2.0
/** Rules that hold in two places: in the API server as CEL and in our own parser. */

import type { z } from "zod";

/** One rule: CEL over `self`, the sentence for who broke it, and the same check for the parser. */
export interface Rule<T> {
  readonly rule: string;
  readonly message: string;
  readonly check: (value: T) => boolean;
}

/** Adds `rules` to `schema`, so that an apply and a management call refuse the same. */
export function withRules<S extends z.ZodType>(
  schema: S,
  ...rules: readonly Rule<z.output<S>>[]
): S {
  const checked = rules.reduce(
    (refined, { check, message }) => refined.refine(check, message),
    schema,
  );
  return checked.meta({
    "x-kubernetes-validations": rules.map(({ rule, message }) => ({ rule, message })),
  });
}

/** Rule that exactly one of the members is there. */
export function exactlyOneOf<T extends object>(...members: readonly (keyof T & string)[]): Rule<T> {
  return {
    rule: `[${members.map((member) => `has(self.${member})`).join(", ")}].exists_one(x, x)`,
    message: `exactly one of ${members.join(", ")} must be set`,
    check: (value) => members.filter((member) => value[member] !== undefined).length === 1,
  };
}

/**
 * Metadata of a member that can only be set once; CEL's transition rules run where old and new value are there,
 * so the member must be required or have a default.
 */
export function fixedOnceSet(what: string): Record<string, unknown> {
  return transition("self == oldSelf", `${what} cannot be changed`);
}

/** Metadata of a boolean that can be switched on but never off. */
export function neverSwitchedOff(what: string): Record<string, unknown> {
  return transition("self || !oldSelf", `${what} cannot be switched off`);
}

/** Rule that an optional `member` can be neither set, changed nor removed later; only the API server sees both objects. */
export function fixedMember(member: string): Rule<unknown> {
  const here = `has(self.${member})`;
  const before = `has(oldSelf.${member})`;
  return {
    rule: `${here} == ${before} && (!${here} || self.${member} == oldSelf.${member})`,
    message: `${member} cannot be changed`,
    check: () => true,
  };
}

function transition(rule: string, message: string): Record<string, unknown> {
  return { "x-kubernetes-validations": [{ rule, message }] };
}
