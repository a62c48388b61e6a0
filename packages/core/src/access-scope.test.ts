// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { coversScope, inScope, matchesPattern } from "./access-scope.ts";

describe("a pattern", () => {
  it.each([
    ["*", "secrets/a", true],
    ["secrets/*", "secrets/a", true],
    ["secrets/A", "secrets/a", true],
    ["secrets/a", "secrets/ab", false],
    ["secrets/*-key", "secrets/api-key", true],
    ["secrets/a*b*c", "secrets/aXbYc", true],
    ["secrets/a*b*c", "secrets/acb", false],
    ["secrets/ab*ba", "secrets/aba", false],
    ["secrets/a.c", "secrets/abc", false],
    ["", "secrets/a", false],
  ])("%s against %s is %s", (pattern, text, expected) => {
    expect(matchesPattern(pattern, text)).toBe(expected);
  });

  it("agrees with a regular expression on every input", () => {
    const text = fc.string({ unit: fc.constantFrom("a", "b", "-"), maxLength: 12 });
    const pattern = fc.string({ unit: fc.constantFrom("a", "b", "*"), maxLength: 8 });
    fc.assert(
      fc.property(pattern, text, (glob, subject) => {
        const expression = new RegExp(`^${glob.replaceAll("*", ".*")}$`);
        expect(matchesPattern(glob, subject)).toBe(expression.test(subject));
      }),
    );
  });
});

describe("a scope", () => {
  it.each([
    ["*", "keys/a", true],
    ["/", "keys/a", true],
    ["keys", "keys/a", true],
    ["/keys", "keys/a", true],
    ["keys", "secrets/a", false],
    ["/keys/app-*", "keys/APP-1", true],
    ["keys/app-*", "keys/web", false],
    ["secrets/a", "certificates/a", false],
    ["", "keys/a", false],
    ["*/a", "keys/a", false],
    ["keys/", "keys/a", false],
    ["ke*", "keys/a", false],
    ["//keys", "keys/a", false],
  ])("%s holds %s: %s", (scope, object, expected) => {
    expect(inScope(scope, object)).toBe(expected);
  });

  it.each([
    ["*", "secrets/a", true],
    ["/", "*", true],
    ["secrets", "*", false],
    ["secrets", "secrets/*", true],
    ["secrets/*", "secrets", true],
    ["secrets/app-*", "secrets/app-*-key", true],
    ["secrets/app-*-key", "secrets/app-*", false],
    ["secrets/app-1", "secrets/app-*", false],
    ["secrets/*", "keys/*", false],
    ["nonsense", "nonsense", false],
  ])("%s covers %s: %s", (outer, inner, expected) => {
    expect(coversScope(outer, inner)).toBe(expected);
  });

  it("that covers another holds whatever the other holds", () => {
    const name = fc.string({ unit: fc.constantFrom("a", "b"), minLength: 1, maxLength: 6 });
    const glob = fc.string({ unit: fc.constantFrom("a", "b", "*"), minLength: 1, maxLength: 5 });
    let covering = 0;
    fc.assert(
      fc.property(glob, glob, name, (outer, inner, text) => {
        if (coversScope(`keys/${outer}`, `keys/${inner}`)) {
          covering += 1;
          expect(matchesPattern(outer, text) || !matchesPattern(inner, text)).toBe(true);
        }
      }),
      { numRuns: 5_000 },
    );
    expect(covering).toBeGreaterThan(500);
  });
});
