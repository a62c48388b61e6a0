// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { concatBytes, fromHex, toHex, utf8 } from "@strongroom/core";
import { createNitroVendor } from "@strongroom/testing";
import { readExpectedPcrs } from "./read-expected-pcrs.ts";
import { readNitroDocument } from "./read-nitro-document.ts";

const document = createNitroVendor().document();
const hex = toHex(document);
const base64 = Buffer.from(document).toString("base64");
const json = (value: unknown) => utf8(JSON.stringify(value));
const nest = (levels: number): unknown =>
  levels === 0 ? { document: base64 } : { a: nest(levels - 1) };
const isMalformed = expect.objectContaining({ code: "EvidenceMalformed" });

/** Behind a number, with a shorter length of the signature than it has. */
const unsigned = concatBytes(Uint8Array.of(0), document.with(document.length - 97, 0x5f));

/** What begins and ends like a certificate, with a name in it; whoever reads names asks no more. */
const withName = (name: string) =>
  concatBytes(fromHex("308201000c"), utf8(`nitro.${name}.example`), fromHex("0000"));

/** `{"Attestation": {"document": …}}` in CBOR. */
const answer = (bytes: Uint8Array) =>
  concatBytes(
    ...[fromHex("a16b"), utf8("Attestation"), fromHex("a168"), utf8("document")],
    ...[fromHex("59"), Uint8Array.of(bytes.length >> 8, bytes.length & 0xff), bytes],
  );

function pem(der: Uint8Array): Uint8Array {
  const body = Buffer.from(der).toString("base64");
  return utf8(`\n-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----\n`);
}

describe("a file with a Nitro document", () => {
  it.each<[string, Uint8Array]>([
    ["the document", document],
    ["hexadecimal", utf8(`${hex}\n`)],
    ["base64", utf8(base64)],
    ["a member of JSON", utf8(` {"document":"${base64}"}`)],
    ["an older name of the member", json({ attestation_document: base64 })],
    ["a client's name of the member", json({ attestationDocument: hex })],
    ["a service's name of the member", json({ document: 1, attestation: base64 })],
    ["a verifier's name of the member", json({ evidence: base64 })],
    ["a member of objects", json({ pcrs: {}, cloud: { nitro: { document: hex } } })],
    ["a member beside a longer list", json({ document: base64, log: "a".repeat(100_000) })],
    ["the security module's answer", answer(document)],
    ["that answer in base64", utf8(Buffer.from(answer(document)).toString("base64"))],
    ["a part of what an agent wrote", concatBytes(fromHex("0002b946"), document, utf8("more"))],
    ["a certificate", withName(hex)],
    ["a certificate in PEM", pem(withName(hex))],
  ])("may hold it as %s", (_, file) => {
    expect(toHex(readNitroDocument(file))).toBe(hex);
  });

  it("is found with its tag, and without the half byte that a domain begins with", () => {
    expect(toHex(readNitroDocument(withName(`d2${hex}`)))).toBe(`d2${hex}`);
    expect(toHex(readNitroDocument(withName(`${hex}a`)))).toBe(hex);
  });

  it.each<[string, Uint8Array]>([
    ["a certificate with other names", withName("abcd")],
    ["a certificate in PEM with other names", pem(withName("abcd"))],
    ["JSON without it", json({ other: base64 })],
    ["JSON in which it is six objects deep", json(nest(5))],
    ["JSON in which it is no text", json({ document: 1 })],
    ["JSON in which it is text of another kind", json({ document: "none" })],
    ["JSON that does not end", utf8('{"document":')],
  ])("is malformed: %s", (_, file) => {
    expect(() => readNitroDocument(file)).toThrow(isMalformed);
  });

  it.each<[string, Uint8Array]>([
    ["a sequence of another length", fromHex("3081028444a1013822ff")],
    ["a document behind a header, cut short", concatBytes(fromHex("00"), document.slice(0, -1))],
    ["a document behind a header, and no signature", unsigned],
    ["a document behind 60 bytes", concatBytes(new Uint8Array(60), document)],
    ["what only has a long certificate's second byte", fromHex("31828444a1013822ff")],
  ])("is taken as it is: %s", (_, file) => {
    expect(readNitroDocument(file)).toEqual(file);
  });
});

describe("a file of expected registers", () => {
  const digest = (byte: string) => byte.repeat(48);

  it("has them by any of their names, three objects deep, in lower case", () => {
    const file = json({
      HashAlgorithm: "Sha384 { ... }",
      Measurements: {
        PCR0: digest("AB"),
        pcr_08: digest("01"),
        a: { nitrotpm_pcr12: digest("02") },
      },
      other: [{ PCR1: digest("03") }],
    });
    expect(readExpectedPcrs(file)).toEqual({
      "0": [digest("ab")],
      "8": [digest("01")],
      "12": [digest("02")],
    });
  });

  it.each<[string, unknown]>([
    ["nothing", {}],
    ["a list", [{ PCR0: digest("01") }]],
    ["a register twice", { PCR0: digest("01"), a: { pcr00: digest("02") } }],
    ["one four objects deep", { a: { b: { c: { PCR0: digest("01") } } } }],
    ["a name with more before", { xPCR0: digest("01") }],
    ["a name with more after", { PCR0x: digest("01") }],
    ["a value with more before", { PCR0: `0${digest("01")}` }],
    ["a value with more after", { PCR0: `${digest("01")}0` }],
    ["a value of another hash", { PCR0: "01".repeat(32) }],
    ["a value that is no text", { PCR0: 1 }],
    ["a value in a list", { PCR0: [digest("01")] }],
    ["another name for a value", { other: digest("01") }],
  ])("is malformed with %s", (_, value) => {
    expect(() => readExpectedPcrs(json(value))).toThrow(isMalformed);
  });
});
