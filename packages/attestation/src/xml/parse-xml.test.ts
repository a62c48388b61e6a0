// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { utf8 } from "@strongroom/core";
import { xmlLimits } from "./limits.ts";
import { parseXml } from "./parse-xml.ts";

const parse = (text: string) => parseXml(utf8(text));
const nested = (depth: number) => "<a>".repeat(depth) + "</a>".repeat(depth);
const attributes = (count: number) =>
  `<a ${Array.from({ length: count }, (_, index) => `b${index}=""`).join(" ")}/>`;
const namespaces = (count: number) =>
  `<a ${Array.from({ length: count }, (_, index) => `xmlns:b${index}="u:x"`).join(" ")}/>`;

describe("a document of xml", () => {
  it("is a tree of names in their namespaces", () => {
    const root = parse(
      '<a xmlns="u:d" xmlns:p="u:p" b="1" p:b="2">t<p:c/>u<d xmlns="" p:e = \'3\' ></d ></a>',
    );
    expect(root).toMatchObject({
      ...{ name: "a", local: "a", namespace: "u:d" },
      attributes: [
        { name: "b", local: "b", namespace: "", value: "1" },
        { name: "p:b", local: "b", namespace: "u:p", value: "2" },
      ],
      children: [
        "t",
        { name: "p:c", local: "c", namespace: "u:p", children: [] },
        "u",
        { local: "d", namespace: "", attributes: [{ namespace: "u:p", value: "3" }] },
      ],
    });
    expect(root.attributes).toHaveLength(2);
  });

  it("has the text that its references and line ends stand for", () => {
    expect(
      parse("<a>&lt;&gt;&amp;&quot;&apos;&#65;&#x42;&#xd;\r\n\r&#x1F600;é</a>").children,
    ).toEqual(["<>&\"'AB\r\n\n\u{1F600}é"]);
    expect(parse('<a b="&#10;\r\n\t&#9;"/>').attributes[0]?.value).toBe("\n  \t");
  });

  it.each([
    "<?xml version='1.0'?><a/>",
    '<?xml version="1.0" encoding="UTF-8" standalone="yes" ?>\r\n\t <a/>\n ',
    "\ufeff<a/>",
    nested(xmlLimits.depth),
    attributes(xmlLimits.attributes),
    namespaces(xmlLimits.namespaces),
    `<a>${"<b/>".repeat(xmlLimits.elements - 1)}</a>`,
    `<a>${" ".repeat(xmlLimits.bytes - 7)}</a>`,
    "<a>&#x10FFFF;</a>",
  ])("is read: %.60s", (text) => {
    expect(parse(text).local).toBe("a");
  });

  it.each([
    ["nothing", ""],
    ["text alone", "a"],
    ["text before its root", "x<a/>"],
    ["two roots", "<a/><a/>"],
    ["text behind its root", "<a/>x"],
    ["a type, and so entities", '<!DOCTYPE a [<!ENTITY x "y">]><a/>'],
    ["a type within", "<a><!DOCTYPE a></a>"],
    ["a comment", "<a>b<!-- c -->d</a>"],
    ["a comment behind it", "<a/><!-- c -->"],
    ["a section", "<a><![CDATA[b]]></a>"],
    ["an instruction", "<a><?b c?></a>"],
    ["a style", '<?xml-stylesheet href="b"?><a/>'],
    ["another version", '<?xml version="1.1"?><a/>'],
    ["another encoding", '<?xml version="1.0" encoding="utf-16"?><a/>'],
    ["a declaration behind something", ' <?xml version="1.0"?><a/>'],
    ["an entity", "<a>&b;</a>"],
    ["an entity in a value", '<a b="&c;"/>'],
    ["an ampersand", "<a>b & c</a>"],
    ["a reference without an end", "<a>&amp</a>"],
    ["a number in an entity's name", "<a>&b#65;</a>"],
    ["more behind a number", "<a>&#65b;</a>"],
    ["a reference to nothing", "<a>&#0;</a>"],
    ["a reference to half a character", "<a>&#xD800;</a>"],
    ["a reference beyond all characters", "<a>&#x110000;</a>"],
    ["a reference to a control character", "<a>&#8;</a>"],
    ["a control character", "<a>\u0008</a>"],
    ["the end of a section", "<a>]]></a>"],
    ["an element without an end", "<a><b></a>"],
    ["an element with another's end", "<a></b>"],
    ["an element with another's end before its own", "<a></b><c/></a>"],
    ["no end", "<a>"],
    ["a tag without an end", "<a"],
    ["a value without quotes", "<a b=c/>"],
    ["a value without an end", '<a b="c/>'],
    ["a tag in a value", '<a b="<"/>'],
    ["an attribute twice", '<a b="1" b="1"/>'],
    ["an attribute under two prefixes", '<a xmlns:p="u:x" xmlns:q="u:x" p:b="1" q:b="2"/>'],
    ["attributes that are not divided", '<a b="1"c="2"/>'],
    ["an undeclared prefix", "<p:a/>"],
    ["an undeclared prefix of an attribute", '<a p:b="1"/>'],
    ["a prefix that was declared elsewhere", '<a><b xmlns:p="u:x"/><p:c/></a>'],
    ["an attribute of xml's own", '<a xml:lang="en"/>'],
    ["xml's prefix for something else", '<a xmlns:xml="u:x"/>'],
    ["xml's prefix for itself", '<a xmlns:xml="http://www.w3.org/XML/1998/namespace"/>'],
    ["another prefix for xml's", '<a xmlns:p="http://www.w3.org/XML/1998/namespace"/>'],
    ["a prefix for declarations", '<a xmlns:p="http://www.w3.org/2000/xmlns/"/>'],
    ["a prefix without a namespace", '<a xmlns:p=""/>'],
    ["a relative namespace", '<a xmlns="b"/>'],
    ["a namespace with a space", '<a xmlns:p="u: x"/>'],
    ["two colons", '<a xmlns:p="u:x"><p:b:c/></a>'],
    ["a name of other letters", "<é/>"],
    ["too much depth", nested(xmlLimits.depth + 1)],
    ["too many attributes", attributes(xmlLimits.attributes + 1)],
    ["too many namespaces", namespaces(xmlLimits.namespaces + 1)],
    ["too many elements", `<a>${"<b/>".repeat(xmlLimits.elements)}</a>`],
    ["too many bytes", `<a>${" ".repeat(xmlLimits.bytes)}</a>`],
  ])("is refused with %s", (_, text) => {
    expect(() => parse(text)).toThrow(expect.objectContaining({ code: "EvidenceMalformed" }));
  });

  it("is refused in another encoding than utf-8", () => {
    expect(() => parseXml(Uint8Array.of(0x3c, 0x61, 0x3e, 0xff, 0x3c, 0x2f, 0x61, 0x3e))).toThrow(
      expect.objectContaining({ code: "EvidenceMalformed" }),
    );
  });
});
