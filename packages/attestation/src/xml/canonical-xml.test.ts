// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { utf8 } from "@strongroom/core";
import { canonicalize } from "./canonical-xml.ts";
import { elementsOf } from "./element-content.ts";
import { parseXml } from "./parse-xml.ts";

const canonical = (text: string) => Buffer.from(canonicalize(parseXml(utf8(text)))).toString();

describe("canonical xml", () => {
  // Canonical XML 1.1, section 3: the examples, without what takes a DTD, a comment or an instruction.
  it.each([
    [
      "3.1 what is outside of the root",
      '<?xml version="1.0"?>\n\n<doc>Hello, world!</doc>\n\n',
      "<doc>Hello, world!</doc>",
    ],
    [
      "3.2 white space within it",
      "<doc>\r\n   <clean>   </clean>\r\n   <mixed>\r\n      A\r\n   </mixed>\r\n</doc>",
      "<doc>\n   <clean>   </clean>\n   <mixed>\n      A\n   </mixed>\n</doc>",
    ],
    [
      "3.3 tags",
      `<doc>
   <e1   />
   <e2   ></e2>
   <e3   name = "elem3"   id="elem3"   />
   <e4   name="elem4"   id="elem4"   ></e4>
   <e5 a:attr="out" b:attr="sorted" attr2="all" attr="I'm"
      xmlns:b="http://www.ietf.org"
      xmlns:a="http://www.w3.org"
      xmlns="http://example.org"/>
   <e6 xmlns="" xmlns:a="http://www.w3.org">
      <e7 xmlns="http://www.ietf.org">
         <e8 xmlns="" xmlns:a="http://www.w3.org">
            <e9 xmlns="" xmlns:a="http://www.ietf.org"/>
         </e8>
      </e7>
   </e6>
</doc>`,
      `<doc>
   <e1></e1>
   <e2></e2>
   <e3 id="elem3" name="elem3"></e3>
   <e4 id="elem4" name="elem4"></e4>
   <e5 xmlns="http://example.org" xmlns:a="http://www.w3.org" xmlns:b="http://www.ietf.org" attr="I'm" attr2="all" b:attr="sorted" a:attr="out"></e5>
   <e6 xmlns:a="http://www.w3.org">
      <e7 xmlns="http://www.ietf.org">
         <e8 xmlns="">
            <e9 xmlns:a="http://www.ietf.org"></e9>
         </e8>
      </e7>
   </e6>
</doc>`,
    ],
    [
      "3.4 characters and references",
      `<doc>
   <text>First line&#x0d;&#10;Second line</text>
   <value>&#x32;</value>
   <compute expr="value>&quot;0&quot; &amp;&amp; value&lt;&quot;10&quot; ?&quot;valid&quot;:&quot;error&quot;"/>
   <norm attr=' &apos;   &#x20;&#13;&#xa;&#9;   &apos; '/>
   <more>a &gt; b &lt; c &amp; d</more>
</doc>`,
      `<doc>
   <text>First line&#xD;
Second line</text>
   <value>2</value>
   <compute expr="value>&quot;0&quot; &amp;&amp; value&lt;&quot;10&quot; ?&quot;valid&quot;:&quot;error&quot;"></compute>
   <norm attr=" '    &#xD;&#xA;&#x9;   ' "></norm>
   <more>a &gt; b &lt; c &amp; d</more>
</doc>`,
    ],
    ["3.6 other characters", "<doc>&#169;</doc>", "<doc>©</doc>"],
  ])("is as the specification has it: %s", (_, written, expected) => {
    expect(canonical(written)).toBe(expected);
    expect(canonical(expected)).toBe(expected);
  });

  it("of a part has the namespaces that are in force there, and nothing of what is left out", () => {
    const root = parseXml(utf8('<a xmlns="u:d" xmlns:p="u:p"><p:b><c p:d="1"/>x</p:b>y</a>'));
    const [part = root] = elementsOf({ ...root, children: root.children.slice(0, 1) });
    const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();
    expect(text(canonicalize(part))).toBe('<p:b xmlns="u:d" xmlns:p="u:p"><c p:d="1"></c>x</p:b>');
    expect(text(canonicalize(root, part))).toBe('<a xmlns="u:d" xmlns:p="u:p">y</a>');
  });
});
