// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { createRimVendor, type RimRequest, type RimValue } from "@strongroom/testing";
import { parseRim } from "./parse-rim.ts";

const vendor = createRimVendor();
const digest = (value: number) => new Uint8Array(48).fill(value);
const parse = (request?: RimRequest) => parseRim(vendor.rim(request));
/** The change is made, and signed. */
const signed = (from: string | RegExp, to: string): RimRequest => ({
  content: (text) => {
    const changed = text.replace(from, to);
    expect(changed).not.toBe(text);
    return changed;
  },
});

describe("a manifest of nvidia's reference values", () => {
  it("says what it is of, and which values count", () => {
    const values: readonly RimValue[] = [
      [4, [digest(1), digest(2)]],
      [0xfd, [digest(3)]],
    ];
    expect(parse({ version: "96.00.5e.00.01", edition: "SWITCH", values })).toMatchObject({
      ...{ version: "96.00.5e.00.01", edition: "SWITCH", product: "GH100" },
      ...{ manufacturer: "5703", measurements: new Map(values) },
    });
    const most = [[0, Array.from({ length: 64 }, (_, value) => digest(value))] as const];
    expect(parse({ values: most }).measurements.get(0)).toHaveLength(64);
  });

  it("need not say who made the firmware, and may have links and other makers", () => {
    const unnamed = signed(/ ns1:FirmwareManufacturerId="5703"/u, "");
    expect(parse(unnamed).manufacturer).toBeUndefined();
    const linked = signed(
      "  <ns0:Meta",
      '  <ns0:Link href="a" rel="b"></ns0:Link><ns0:Entity></ns0:Entity><ns0:Meta',
    );
    expect(parse(linked).version).toBe("590.12");
    expect(parse(signed(' patch="false"', "")).version).toBe("590.12");
  });

  const meta = /<ns0:Meta.*?<\/ns0:Meta>/su;
  const payload = /<ns0:Payload>.*<\/ns0:Payload>/su;
  it.each<[string, RimRequest]>([
    ["with another root", signed(/SoftwareIdentity/gu, "SoftwareIdentities")],
    ["in another namespace", signed(/2015\/schema\.xsd"/u, '2009/schema.xsd"')],
    ["that changes another", signed('patch="false"', 'patch="true"')],
    ["that adds to another", signed('supplemental="false"', 'supplemental="true"')],
    ["of something not installed", signed('corpus="false"', 'corpus="1"')],
    ["that does not say of what", signed(meta, "")],
    ["without values", signed(payload, "")],
    ["with two payloads, and nothing of what", signed(meta, "<ns0:Payload></ns0:Payload>")],
    ["of two things, without values", signed(payload, "<ns0:Meta></ns0:Meta>")],
    ["with two payloads", signed(payload, "<ns0:Payload></ns0:Payload>$&")],
    ["that is of two things", signed(meta, "$&$&")],
    [
      "with a part that nobody knows",
      signed("  <ns0:Meta", "<ns0:Evidence></ns0:Evidence><ns0:Meta"),
    ],
    ["with a part of another kind", signed("  <ns0:Meta", '<ns1 xmlns="u:x"></ns1><ns0:Meta')],
    ["with text between its parts", signed("  <ns0:Meta", "x<ns0:Meta")],
    ["without a version", signed(/ colloquialVersion="[^"]*"/u, "")],
    [
      "with a version in another namespace",
      signed(" colloquialVersion=", " ns1:colloquialVersion="),
    ],
    ["with an empty version", signed(/ colloquialVersion="[^"]*"/u, ' colloquialVersion=""')],
    ["with a version that cannot be shown", { version: "590&#xA;12" }],
    ["without an edition", signed(' edition="GPU"', "")],
    ["without a product", signed(' product="GH100"', "")],
    ["without active values", { values: [] }],
    [
      "with a measurement twice",
      {
        values: [
          [1, [digest(1)]],
          [1, [digest(2)]],
        ],
      },
    ],
    ["with a measurement twice, active once", { values: [[63, [digest(1)]]] }],
    ["with a measurement without a value", { values: [[1, []]] }],
    ["with an index of no measurement", { values: [[0xfe, [digest(1)]]] }],
    ["with too many values of one", { values: [[1, Array<Uint8Array>(65).fill(digest(1))]] }],
    ["with a short value", { values: [[1, [new Uint8Array(32)]]] }],
    ["with a value that is no number", signed(`Hash0="0202`, `Hash0="02zz`)],
    [
      "with more values than it says",
      signed(/ ns2:Hash0="0202[^"]*"/u, `$& ns2:Hash1="${"03".repeat(48)}"`),
    ],
    ["with fewer values than it says", signed('alternatives="1"', 'alternatives="2"')],
    ["with values that are not counted from 0", signed("ns2:Hash0", "ns2:Hash1")],
    ["with values of another hash", signed("ns2:Hash0", "Hash0")],
    ["that does not say whether one counts", signed(' active="True"', "")],
    [
      "that says so in another way",
      {
        ...signed('active="True"', 'active="true"'),
        values: [
          [1, [digest(1)]],
          [2, [digest(2)]],
        ],
      },
    ],
    [
      "with an inactive one of another form",
      signed(
        'size="48" type="Measurement" ns2:Hash0="00',
        'size="32" type="Measurement" ns2:Hash0="00',
      ),
    ],
    ["with an index in another form", signed('index="1"', 'index="01"')],
    ["with a negative index", signed('index="1"', 'index="-1"')],
    ["without an index", signed(' index="1"', "")],
    ["with a resource of another type", signed('type="Measurement"', 'type="Other"')],
    [
      "with a file among its resources",
      signed("    <ns0:Resource", "<ns0:File></ns0:File><ns0:Resource"),
    ],
    [
      "with something in a resource",
      signed("></ns0:Resource>", "><ns0:Meta></ns0:Meta></ns0:Resource>"),
    ],
  ])("is refused %s", (_, request) => {
    expect(() => parse(request)).toThrow(expect.objectContaining({ code: "EvidenceMalformed" }));
  });
});
