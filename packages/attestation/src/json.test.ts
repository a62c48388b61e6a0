// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { utf8 } from "@strongroom/core";
import fc from "fast-check";
import { malformedWith } from "./__fixtures__/malformed-with.ts";
import { isScannedObject, scanJson } from "./scan-json.ts";
import { isJsonObject, parseStrictJson } from "./strict-json.ts";

const rules = { numbers: "any", depth: 3, refusedNames: ["__proto__"] } as const;

describe("JSON that is scanned", () => {
  it("has each member with its text, in a map", () => {
    const scanned = scanJson(' { "a" : [ 1 , "b\\n" ] ,"c":{}, "d":[]\t} \r\n', rules);
    expect(scanned).toEqual(
      new Map<string, unknown>([
        ["a", { value: [1, "b\n"], text: '[ 1 , "b\\n" ]' }],
        ["c", { value: new Map(), text: "{}" }],
        ["d", { value: [], text: "[]" }],
      ]),
    );
    expect(isScannedObject(scanned)).toBe(true);
    expect(isScannedObject([])).toBe(false);
  });

  it.each([
    ["true", true],
    ["false", false],
    ["null", null],
    ["0", 0],
    ["-0", -0],
    ["-12.5e+3", -12_500],
    ["1E-2", 0.01],
    ['"\\u0041\\\\\\""', 'A\\"'],
    ['"\ud800 \u007f"', "\ud800 \u007f"],
    ["[[[1]]]", [[[1]]]],
  ])("may be %s", (text, value) => {
    expect(scanJson(text, rules)).toEqual(value);
  });

  it("is what JSON.parse makes of it, spaced out or not", () => {
    const plain = (value: unknown): unknown =>
      value instanceof Map
        ? Object.fromEntries([...value].map(([name, member]) => [name, plain(member.value)]))
        : Array.isArray(value)
          ? value.map(plain)
          : value;
    const values = fc.jsonValue({ maxDepth: 2, stringUnit: "binary" });
    fc.assert(
      fc.property(values, fc.constantFrom(undefined, 1, "\t", "\r\n"), (value, space) => {
        const text = JSON.stringify(value, undefined, space);
        const deep = { numbers: "any", depth: 32, refusedNames: [] } as const;
        expect(plain(scanJson(text, deep))).toEqual(JSON.parse(text));
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ["0", 0],
    ["-7", -7],
    ["123456789012345", 123_456_789_012_345],
  ])("may be %s where numbers are whole", (text, value) => {
    expect(scanJson(text, { ...rules, numbers: "whole" })).toBe(value);
  });

  it.each(["-0", "1.0", "1e3", "1E3", "01", "1234567890123456", "+1", ".5"])(
    "may not be %s where numbers are whole",
    (text) => {
      expect(() => scanJson(text, { ...rules, numbers: "whole" })).toThrow(malformedWith("json"));
    },
  );

  it.each([
    ["", "a value that is none"],
    ["nul", "a value that is none"],
    ["01", "a value that is none"],
    ["1.", "a value that is none"],
    ["'a'", "a value that is none"],
    ['"a', "a string that is none"],
    ['"\\x"', "a string that is none"],
    ['"\n"', "a string that is none"],
    ["{a:1}", "a string that is none"],
    ['{"a" 1}', "lacks :"],
    ['{"a":1', "lacks }"],
    ['{"a":1,}', "a string that is none"],
    ["[1", "lacks ]"],
    ["[1,]", "a value that is none"],
    ["[1 2]", "lacks ]"],
    ["[] []", "after the json's end"],
    ["1x", "after the json's end"],
    ['{"a":1,"a":1}', "there twice"],
    ['{"a":1,"\\u0061":1}', "there twice"],
    ['{"b":{"__proto__":1}}', "a name that is none"],
    ["[[[[1]]]]", "nested too deep"],
    ['{"a":{"a":{"a":{"a":1}}}}', "nested too deep"],
  ])("is malformed: %j, %s", (text, message) => {
    expect(() => scanJson(text, rules)).toThrow(malformedWith(message));
  });
});

describe("JSON of many parts", () => {
  it.each([
    [
      "lists",
      (count: number) =>
        `[${Array<string>(count - 1)
          .fill("[]")
          .join(",")}]`,
    ],
    [
      "objects",
      (count: number) =>
        `[${Array<string>(count - 1)
          .fill("{}")
          .join(",")}]`,
    ],
    [
      "members",
      (count: number) =>
        `{${Array.from({ length: count - 1 }, (_, index) => `"${index}":0`).join(",")}}`,
    ],
  ])("has 32,768 %s at most", (_, write) => {
    expect(() => scanJson(write(32_768), rules)).not.toThrow();
    expect(() => scanJson(write(32_769), rules)).toThrow(malformedWith("too many parts"));
  });

  it("has 262,144 values at most, the list among them", () => {
    expect(scanJson(`[${"0,".repeat(262_142)}""]`, rules)).toHaveLength(262_143);
    expect(() => scanJson(`[${"0,".repeat(262_143)}""]`, rules)).toThrow(
      malformedWith("too many values"),
    );
  });
});

describe("JSON that is parsed", () => {
  it("is of 64 KiB at most, or as many bytes as its reader says", () => {
    const text = (length: number) => utf8(`"${"a".repeat(length - 2)}"`);
    expect(parseStrictJson(text(65_536))).toHaveLength(65_534);
    expect(() => parseStrictJson(text(65_537))).toThrow(malformedWith("too long"));
    expect(parseStrictJson(text(70_000), 70_000)).toHaveLength(69_998);
    expect(() => parseStrictJson(text(70_001), 70_000)).toThrow(malformedWith("too long"));
  });

  it.each<[string, Uint8Array]>([
    ["a name twice", utf8('{"a":1,"a":2}')],
    ["a mark of its byte order", utf8("\ufeff{}")],
    ["bytes that are no UTF-8", Uint8Array.of(0x22, 0xff, 0x22)],
    ["a name that objects inherit by", utf8('{"__proto__":1}')],
    ["33 levels", utf8(`${"[".repeat(34)}${"]".repeat(34)}`)],
  ])("is malformed with %s", (_, bytes) => {
    expect(() => parseStrictJson(bytes)).toThrow(malformedWith("all readers read alike"));
  });

  it("may have 32 levels, and is an object or not", () => {
    expect(() => parseStrictJson(utf8(`${"[".repeat(33)}${"]".repeat(33)}`))).not.toThrow();
    expect([{}, [], null, "a", undefined].map(isJsonObject)).toEqual([
      ...[true, false, false, false, false],
    ]);
  });
});
