// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { concatBytes, fromHex, toHex, utf8 } from "@strongroom/core";
import { createAmdVendor, createAzureMachine, mintIntelEvidence, pemOf } from "@strongroom/testing";
import { azureQuoteFile } from "../__fixtures__/tpm-files.ts";
import { readAzureEvidence } from "./read-azure-evidence.ts";
import { readAzureFiles } from "./read-azure-files.ts";

const vendor = createAmdVendor("Genoa");
const machine = createAzureMachine(vendor);
const { hclReport } = machine;
const { quote, signature, pcrs } = machine.quote(utf8("challenge"));
const base64url = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64url");
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64");
const json = (value: unknown) => utf8(JSON.stringify(value));
const values = Object.values(pcrs);
const evidence = { hclReport, quote, signature, pcrs: { sha256: pcrs } };
const usual = {
  report: base64url(hclReport),
  quote: { message: toHex(quote), signature: toHex(signature), pcrs: values },
};
const refusal = (message: string) =>
  expect.objectContaining({
    code: "EvidenceMalformed",
    message: expect.stringContaining(message),
  });

describe("an Azure machine's evidence in JSON", () => {
  it("is read where each number of version 0 stands in a line of its own", () => {
    const pcr = values.map((one) => [...fromHex(one)]);
    const spread = { message: [...quote], signature: [...signature], pcrs: pcr };
    const version0 = { report: [...hclReport], quote: spread };
    const text = JSON.stringify({ evidence: version0 }, undefined, 10);
    expect(text.length).toBeGreaterThan(65_536);
    expect(readAzureEvidence(utf8(text)).evidence).toEqual(evidence);
  });

  it.each<[string, unknown]>([
    ["of version 1", usual],
    ["in a member", { evidence: usual, tee: "az-snp-vtpm" }],
    ["of version 2", { hcl_report: `${usual.report}=`, tpm_quote: usual.quote }],
    [
      "in base64 of the other alphabet throughout",
      {
        hcl_report: base64(hclReport),
        tpm_quote: {
          message: base64(quote),
          signature: base64(signature),
          pcrs: values.map((one) => base64(fromHex(one))),
        },
      },
    ],
    [
      "of version 0, in lists of numbers",
      {
        report: [...hclReport],
        quote: {
          message: [...quote],
          signature: [...signature],
          pcrs: values.map((one) => [...fromHex(one)]),
        },
      },
    ],
  ])("is read %s", (_, value) => {
    const found = readAzureEvidence(json(value));
    expect(found).toEqual({ evidence, vcek: undefined, tdQuote: undefined });
  });

  it("has a key's certificate in PEM or DER, or a quote, beside it", () => {
    const [leaf, pem] = [vendor.leaf(), pemOf("CERTIFICATE", vendor.leaf())];
    expect(readAzureEvidence(json({ ...usual, vcek: pem })).vcek).toEqual(utf8(pem));
    expect(readAzureEvidence(json({ ...usual, vcek: base64url(leaf) })).vcek).toEqual(leaf);
    expect(readAzureEvidence(json({ ...usual, td_quote: "BAAC" })).tdQuote).toEqual(
      Uint8Array.of(4, 0, 2),
    );
  });

  it.each<[string, string, unknown]>([
    ["a list", "no object", []],
    ["an evidence that is none", "no object", { evidence: 1 }],
    ["no quote", "no quote", { report: usual.report }],
    ["a quote that is text", "no quote", { ...usual, quote: "ff54" }],
    ["no registers", "no pcrs", { ...usual, quote: { ...usual.quote, pcrs } }],
    ["no report", "no known form", { quote: usual.quote }],
    ["a report in another alphabet", "no known form", { ...usual, report: "+/" }],
    ["a report with more before", "no known form", { ...usual, report: " BAAC" }],
    ["a report with more behind", "no known form", { ...usual, report: "BAAC===" }],
    ["a report of bytes too great", "no known form", { ...usual, report: [0, 256] }],
    ["a report of bytes too small", "no known form", { ...usual, report: [0, -1] }],
    ["a report of parts of bytes", "no known form", { ...usual, report: [0, 0.5] }],
    ["a report of texts", "no known form", { ...usual, report: ["1"] }],
    ["half a byte", "no known form", { ...usual, quote: { ...usual.quote, message: "fff" } }],
    ["no hexadecimal", "no known form", { ...usual, quote: { ...usual.quote, message: "xff" } }],
    ["a key that is no text", "no known form", { ...usual, vcek: 1 }],
  ])("is malformed with %s: %s", (_, message, value) => {
    expect(() => readAzureEvidence(json(value))).toThrow(refusal(message));
  });
});

describe("an Azure machine's evidence in files", () => {
  const serialized = azureQuoteFile({ message: quote, signature }, 8, ...values.map(fromHex));
  const listing = `sha256:\n${values.map((one, index) => `  ${index} : 0x${one}`).join("\n")}\n`;
  const whole = { message: quote, signature, pcrs: { sha256: pcrs } };

  it.each<[string, readonly Uint8Array[]]>([
    ["one file", [serialized]],
    ["the TPM's tools", [quote, signature, utf8(listing)]],
    ["hexadecimal", [utf8(toHex(serialized))]],
    ["JSON", [json({ message: toHex(quote), signature: toHex(signature), pcrs })]],
    ["files about something else", [json({ tcbInfo: {} }), utf8("a word"), serialized]],
  ])("has the quote in %s, beside a report", (_, files) => {
    const found = { hclReport, tdQuote: undefined, quote: whole };
    expect(readAzureFiles([hclReport, ...files])).toEqual(found);
    expect(readAzureFiles([...files, utf8(base64url(hclReport))])).toEqual(found);
  });

  it.each(["td10-4", "td15-5"] as const)("has a quote of the TD, in %s", (kind) => {
    const { quote: tdQuote } = mintIntelEvidence({ kind });
    expect(readAzureFiles([utf8(toHex(tdQuote)), hclReport, quote, signature])).toEqual({
      ...{ hclReport, tdQuote, quote: { ...whole, pcrs: undefined } },
    });
  });

  it.each<[string, string]>([
    ["of an enclave", "04000200000000"],
    ["of version 3", "03000200810000"],
    ["of a version beyond a byte", "04010200810000"],
  ])("has no quote of a TD where there is one %s", (_, head) => {
    const other = concatBytes(fromHex(head), new Uint8Array(40));
    expect(readAzureFiles([hclReport, other])).toEqual({
      ...{ hclReport, tdQuote: undefined, quote: undefined },
    });
  });

  it("is malformed without a report, and where a quote has no signature", () => {
    expect(() => readAzureFiles([serialized])).toThrow(refusal("no report of a paravisor"));
    expect(() => readAzureFiles([hclReport, quote])).toThrow(refusal("without a signature"));
  });
});
