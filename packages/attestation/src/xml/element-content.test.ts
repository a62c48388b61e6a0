// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { utf8 } from "@strongroom/core";
import { malformedWith } from "../__fixtures__/malformed-with.ts";
import { attributeOf, elementsOf, textOf } from "./element-content.ts";
import { parseXml } from "./parse-xml.ts";

const parse = (text: string) => parseXml(utf8(text));

describe("an element of xml", () => {
  it("has text without elements", () => {
    expect(textOf(parse("<a> b&amp;c\n</a>"))).toBe(" b&c\n");
    expect(textOf(parse("<a/>"))).toBe("");
    for (const text of ["<a>b<c/></a>", "<a><c/>b</a>", "<a><c/></a>", "<a>b<c/>d</a>"]) {
      expect(() => textOf(parse(text))).toThrow(malformedWith("others where it has text"));
    }
  });

  it("has elements without text but white space", () => {
    expect(elementsOf(parse("<a>\n <b/>\t<c/></a>")).map(({ local }) => local)).toEqual(["b", "c"]);
    expect(elementsOf(parse("<a> </a>"))).toEqual([]);
    for (const text of ["<a>b<c/></a>", "<a><c/> b</a>", "<a>\u00a0</a>"]) {
      expect(() => elementsOf(parse(text))).toThrow(malformedWith("text where it has none"));
    }
  });

  it("has attributes by name and namespace", () => {
    const element = parse('<a xmlns:p="u:p" p:b="1" c="2"/>');
    expect(attributeOf(element, "c")).toBe("2");
    expect(attributeOf(element, "b", "u:p")).toBe("1");
    expect(attributeOf(element, "b")).toBeUndefined();
    expect(attributeOf(element, "c", "u:p")).toBeUndefined();
  });
});
