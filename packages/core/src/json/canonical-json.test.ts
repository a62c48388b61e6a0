// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import canonicalize from "canonicalize";
import fc from "fast-check";
import { canonicalJson, type JsonValue } from "./canonical-json.ts";

const textOf = (value: unknown) => Buffer.from(canonicalJson(value as JsonValue)).toString();

describe("canonical JSON", () => {
  it("spells every value as another implementation of RFC 8785 does", () => {
    const json = fc.jsonValue({ stringUnit: "grapheme", depthSize: "medium" });
    fc.assert(
      fc.property(json, (value) => {
        expect(textOf(value)).toBe(canonicalize(value));
      }),
      { numRuns: 2000 },
    );
  });

  it("sorts members by UTF-16 code units and escapes as section 3.2.3 shows", () => {
    // The example of RFC 8785, section 3.2.3.
    const value = {
      "\u20ac": "Euro Sign",
      "\r": "Carriage Return",
      "\ufb33": "Hebrew Letter Dalet With Dagesh",
      "1": "One",
      "\ud83d\ude00": "Emoji: Grinning Face",
      "\u0080": "Control",
      "\u00f6": "Latin Small Letter O With Diaeresis",
    };
    expect([...textOf(value).matchAll(/:"([^"]*)"/g)].map((match) => match[1])).toEqual([
      "Carriage Return",
      "One",
      "Control",
      "Latin Small Letter O With Diaeresis",
      "Euro Sign",
      "Emoji: Grinning Face",
      "Hebrew Letter Dalet With Dagesh",
    ]);
    expect(textOf({ "10": 1, "9": 2, a: undefined })).toBe('{"10":1,"9":2}');
    expect(textOf('\u000f\n"\\/\u007f')).toBe('"\\u000f\\n\\"\\\\/\u007f"');
  });

  it.each<readonly [string, unknown]>([
    ["a number that is none", Number.NaN],
    ["a number without end", [Number.POSITIVE_INFINITY]],
    ["half of a surrogate pair", { a: "\ud83d" }],
    ["half of a surrogate pair in a name", { "\ude00": 1 }],
    ["an object of a class", { a: new Date(0) }],
    ["bytes", new Uint8Array(2)],
    ["nothing", undefined],
    ["nothing in a list", [undefined]],
  ])("refuses %s", (_, value) => {
    expect(() => textOf(value)).toThrow(expect.objectContaining({ code: "Internal" }));
  });
});
