// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from "@jest/globals";
import { toBase64url, utf8 } from "../bytes.ts";
import { isDeeperThan, JsonTooDeep, parseJson, parseJsonIfAny, toJsonValue } from "./parse-json.ts";
import { requireShallowToken } from "./require-shallow-token.ts";

const nested = (levels: number) => `${"[".repeat(levels)}1${"]".repeat(levels)}`;

describe("parseJson", () => {
  it("reads what JSON.parse reads, at 512 levels too", () => {
    const text = '{"a":[1,"\\u00e9",null,{"b":true}]}';
    expect(parseJson(text)).toEqual(JSON.parse(text));
    expect(parseJson(nested(512))).toEqual(JSON.parse(nested(512)));
  });

  it.each([
    ["lists", nested(513)],
    ["objects", '{"a":'.repeat(513)],
    ["both, with values between", '{"a":1,"b":[0,'.repeat(257)],
    ["behind a string that has an escaped quotation mark", `["\\\\\\"[",${"[".repeat(512)}`],
    ["beside closed ones", `[${nested(300)},${nested(512)}]`],
    // What makes V8 free memory in use, where it reads this itself.
    ["what ends in an error below the stack's end", `${'{"a":1,"b":['.repeat(6_000)}{"b"}`],
  ])("refuses to go down further, before the engine does: %s", (_, text) => {
    expect(() => parseJson(text)).toThrow("nested deeper than 512 levels");
    expect(parseJsonIfAny(text)).toBeUndefined();
  });

  it.each([
    ["brackets in a string", `["${"[{".repeat(600)}"]`],
    ["brackets behind an escaped quotation mark", `["\\"${"[".repeat(600)}"]`],
    ["brackets between a backslash and its pair", `["\\\\","${"[".repeat(600)}"]`],
    ["many lists beside each other", `[${Array(600).fill("[]").join()}]`],
  ])("counts what is nested and nothing else: %s", (_, text) => {
    expect(parseJson(text)).toEqual(JSON.parse(text));
  });

  it("goes down as far as its reader wants to", () => {
    expect(parseJson(nested(3), 3)).toEqual([[[1]]]);
    expect(() => parseJson(nested(4), 3)).toThrow(new JsonTooDeep(3));
  });

  it("says of a text that is no JSON that it is none", () => {
    expect(() => parseJson('{"a"')).toThrow(SyntaxError);
    expect(parseJsonIfAny('{"a"')).toBeUndefined();
    expect(isDeeperThan(`"${"[".repeat(9)}`, 3)).toBe(false);
  });

  it("writes a value as it is read again", () => {
    expect(toJsonValue({ a: undefined, b: new Date(0) })).toEqual({
      b: "1970-01-01T00:00:00.000Z",
    });
  });
});

describe("requireShallowToken", () => {
  const part = (text: string) => toBase64url(utf8(text));

  it("lets a token be whose parts are as deep as can be read", () => {
    requireShallowToken(`${part(nested(512))}.${part('{"a":"[[["}')}.c2ln`);
    requireShallowToken("no token");
  });

  it.each(["header", "payload"])("refuses one that has a deeper %s", (place) => {
    const deep = part("[".repeat(5_000));
    const token = place === "header" ? `${deep}.e30.c2ln` : `e30.${deep}.c2ln`;
    expect(() => requireShallowToken(token)).toThrow("nested deeper than 512 levels");
  });
});
