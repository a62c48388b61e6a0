// SPDX-License-Identifier: Apache-2.0
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { type OpensslFolder, openssl } from "./__fixtures__/openssl.ts";
import { attributeValues, encodeDistinguishedName } from "./distinguished-name.ts";
import { formatDistinguishedName } from "./format-name.ts";

describe("distinguished names", () => {
  let folder: OpensslFolder;
  beforeAll(async () => {
    folder = await openssl();
  });
  afterAll(async () => await folder[Symbol.asyncDispose]());

  it.each([
    ["CN=a", "CN=a"],
    ["CN=a.example, O=Example Ltd, C=DE", "CN=a.example, O=Example Ltd, C=DE"],
    [" cn = a , o=b;C=de ", "CN=a, O=b, C=de"],
    ['CN="Example, Inc."', "CN=Example\\, Inc."],
    ["CN=Example\\, Inc.", "CN=Example\\, Inc."],
    ["CN=\\ a b\\ ", "CN=\\ a b\\ "],
    ["CN=Lu\\C4\\8Di\\C4\\87", "CN=Lučić"],
    ["CN=日本語🔑,O=\\#1", "CN=日本語🔑, O=\\#1"],
    ["OU=Sales+CN=J. Smith,DC=example,DC=net", "OU=Sales+CN=J. Smith, DC=example, DC=net"],
    ["E=a@b.example, S=Bayern, GivenName=G", "E=a@b.example, ST=Bayern, G=G"],
    ["OID.2.5.4.3=x, 1.3.6.1.4.1.9.9=y", "CN=x, 1.3.6.1.4.1.9.9=y"],
    ["CN=a=b", "CN=a\\=b"],
    ["", ""],
  ])("are read and written: %j", (text, written) => {
    const der = encodeDistinguishedName(text);
    const again = formatDistinguishedName(der);
    expect(
      again.replace(/(OU=Sales)\+(CN=J. Smith)|(CN=J. Smith)\+(OU=Sales)/, "OU=Sales+CN=J. Smith"),
    ).toBe(written);
    expect(encodeDistinguishedName(again)).toEqual(der);
  });

  it.each([
    "CN",
    "=a",
    "CN=",
    "CN=a,",
    ",CN=a",
    "CN=a+",
    "CN=a,,O=b",
    'CN="a',
    'CN="a"b',
    "CN=a<b",
    "CN=a\\",
    "CN=\\zz",
    "CN=#0401",
    "C=DEU",
    "C=D\u00fc",
    `CN=${"x".repeat(65)}`,
    "XY=a",
    "CN=\\FF",
    "3.1=a",
    "CN=a\u0000b",
    "E=\u00e9@b",
    `CN=${"a,CN=".repeat(500)}a`,
  ])("are refused: %j", (text) => {
    expect(() => encodeDistinguishedName(text)).toThrow(
      expect.objectContaining({ code: "BadParameter" }),
    );
  });

  it("are the ones that OpenSSL sees, in its order", async () => {
    const der = encodeDistinguishedName('CN="a, b"+UID=7,OU=Ünit,O=Example,C=DE');
    await folder.write("name.der", der);
    const shown = await folder.run("asn1parse", "-inform", "DER", "-in", "name.der");
    const kinds = shown
      .split("\n")
      .flatMap(
        (line) =>
          /OBJECT\s+:(\S+)|(UTF8STRING|PRINTABLESTRING)/.exec(line)?.slice(1).find(Boolean) ?? [],
      );
    expect(kinds).toEqual([
      "countryName",
      "PRINTABLESTRING",
      "organizationName",
      "UTF8STRING",
      "organizationalUnitName",
      "UTF8STRING",
      "commonName",
      "UTF8STRING",
      "userId",
      "UTF8STRING",
    ]);
  });

  it("give the values of one attribute", () => {
    expect(attributeValues("CN=a,OU=x,commonName=b\\,c", "CN")).toEqual(["a", "b,c"]);
  });
});
