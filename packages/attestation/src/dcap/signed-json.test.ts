// SPDX-License-Identifier: Apache-2.0
/** Members of JSON that Intel signs, and Open Enclave's blob: their types and bounds. */

import { describe, expect, it } from "@jest/globals";
import { concatBytes, fromHex, u32be } from "@strongroom/core";
import { malformedWith } from "../__fixtures__/malformed-with.ts";
import { type ScannedObject, scanJson } from "../scan-json.ts";
import {
  hexField,
  instantField,
  integerField,
  objectField,
  objectsField,
  optionalTexts,
  textField,
} from "./json-fields.ts";
import { splitOpenEnclaveBlob } from "./open-enclave-blob.ts";

const u32 = (value: number) => u32be(value).toReversed();

describe("a member of signed JSON", () => {
  const object = (text: string) =>
    scanJson(`{"a":${text}}`, { numbers: "any", depth: 9, refusedNames: [] }) as ScannedObject;

  it("is read in its type", () => {
    expect(objectField(object("{}"), "a").size).toBe(0);
    expect(objectsField(object("[{},{}]"), "a", 2)).toHaveLength(2);
    expect([0, 5].map((one) => integerField(object(String(one)), "a", 5))).toEqual([0, 5]);
    expect(textField(object('""'), "a")).toBe("");
    expect(hexField(object('"aB0f"'), "a", 2)).toEqual(fromHex("ab0f"));
    expect(instantField(object('"2025-05-27T19:25:02Z"'), "a")).toEqual(
      new Date("2025-05-27T19:25:02Z"),
    );
    const longest = "b".repeat(64);
    expect(optionalTexts(object(`["${longest}"]`), "a", 1)).toEqual([longest]);
    expect(optionalTexts(object("[]"), "b", 1)).toEqual([]);
  });

  it.each<[string, string, (member: ScannedObject) => unknown]>([
    ["[]", "a is no object", (one) => objectField(one, "a")],
    ["{}", "b is no object", (one) => objectField(one, "b")],
    ["{}", "a is no list", (one) => objectsField(one, "a", 2)],
    ['"ab"', "a is no list", (one) => objectsField(one, "a", 2)],
    ["[{},{},{}]", "too long", (one) => objectsField(one, "a", 2)],
    ["[1]", "a is no object", (one) => objectsField(one, "a", 2)],
    ['"1"', "a is no number of 0 to 5", (one) => integerField(one, "a", 5)],
    ["-1", "a is no number of 0 to 5", (one) => integerField(one, "a", 5)],
    ["6", "a is no number of 0 to 5", (one) => integerField(one, "a", 5)],
    ["1", "a is no string", (one) => textField(one, "a")],
    ['"abc"', "a is not 2 bytes", (one) => hexField(one, "a", 2)],
    ['"abcdef"', "a is not 2 bytes", (one) => hexField(one, "a", 2)],
    ['"xbcd"', "a is not 2 bytes", (one) => hexField(one, "a", 2)],
    ['"abcx"', "a is not 2 bytes", (one) => hexField(one, "a", 2)],
    ['"never"', "a is no instant", (one) => instantField(one, "a")],
    ['"2025-05-27"', "a is no instant", (one) => instantField(one, "a")],
    ['"2025-02-30T00:00:00Z"', "a is no instant", (one) => instantField(one, "a")],
    ['"2025-05-27T19:25:02.000Z"', "a is no instant", (one) => instantField(one, "a")],
    ["{}", "a is no list", (one) => optionalTexts(one, "a", 1)],
    ['"b"', "a is no list", (one) => optionalTexts(one, "a", 1)],
    ['["b","b"]', "too long", (one) => optionalTexts(one, "a", 1)],
    ["[1]", "short strings", (one) => optionalTexts(one, "a", 1)],
    [`["${"b".repeat(65)}"]`, "short strings", (one) => optionalTexts(one, "a", 1)],
  ])("is malformed: %s, %s", (text, message, read) => {
    expect(() => read(object(text))).toThrow(malformedWith(message));
  });
});

describe("Open Enclave's blob", () => {
  const blob = (sizes: readonly number[], more = 0, head = 1) =>
    concatBytes(
      ...[Uint8Array.of(head, 0, 0, 0, 0, 0, 0, 0)],
      ...sizes.map((size) => concatBytes(new Uint8Array(8), u32(size), u32(0))),
      ...sizes.map((size, index) => new Uint8Array(size).fill(index + 1)),
      new Uint8Array(more),
    );
  const sizes = [1, 2, 0, 3, 4, 5, 300];

  it("has seven parts, which are all of it", () => {
    expect(splitOpenEnclaveBlob(blob(sizes))).toEqual(
      sizes.map((size, index) => new Uint8Array(size).fill(index + 1)),
    );
    expect(splitOpenEnclaveBlob(blob(Array(7).fill(0)))).toHaveLength(7);
  });

  it.each<[string, Uint8Array]>([
    ["more behind it", blob(sizes, 1)],
    ["less than it says", blob(sizes).slice(0, -1)],
    ["a brace at its start", blob(sizes, 0, 0x7b)],
    ["text at its start", blob(sizes).fill(0x20, 3, 4)],
    ["a length beyond four bytes", blob(sizes).fill(1, 20, 21)],
    ["a table cut short", blob(sizes).slice(0, 119)],
  ])("is none with %s", (_, bytes) => {
    expect(splitOpenEnclaveBlob(bytes)).toBeUndefined();
  });
});
