// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { concatBytes, utf8 } from "@strongroom/core";
import {
  bitString,
  cbor,
  commonName,
  createAmdVendor,
  der,
  extensionOf,
  integer,
  makeAmdReport,
  makeCertificateTable,
  mintIntelEvidence,
  pemOf,
  sequence,
} from "@strongroom/testing";
import { certificateStrings } from "./evidence-certificate.ts";
import { openQuoteFile } from "./open-quote-file.ts";
import { openSnpFile } from "./open-snp-file.ts";

const { quote } = mintIntelEvidence();

/** A certificate with these extensions; nobody looks at the rest of it. */
function certificate(...extensions: readonly Uint8Array[]): Uint8Array {
  const name = commonName("example");
  const head = [der(0xa0, integer(2)), integer(1), sequence(), name, sequence(), name, sequence()];
  const body = sequence(...head, der(0xa3, sequence(...extensions)));
  return sequence(body, sequence(), bitString(new Uint8Array(8)));
}

/** Tag 60000 of an array of the quote and of claims: TCG DICE's tagged evidence. */
const tagged = concatBytes(Uint8Array.of(0xd9, 0xea, 0x60, 0x82), cbor(quote), cbor(utf8("a")));
const json = utf8(JSON.stringify({ tee_type: "tdx", data: Buffer.from(quote).toString("hex") }));
const openEnclave = concatBytes(Uint8Array.of(1, 0, 0, 0, 2), new Uint8Array(11), quote);

const forms: readonly [string, Uint8Array][] = [
  ["Gramine's older extension", extensionOf("1.2.840.113741.1337.6", quote)],
  ["tagged evidence", extensionOf("2.23.133.5.4.9", tagged)],
  ["Open Enclave's report", extensionOf("1.2.840.113556.10.1.1", openEnclave, true)],
  ["dstack's extension", extensionOf("1.3.6.1.4.1.62397.1.1", der(0x04, quote))],
  ["JSON in an octet string", extensionOf("1.3.6.1.4.1.60000.1.1", der(0x04, json))],
];

describe("a quote in a certificate", () => {
  it.each(forms)("is found in %s", (_, extension) => {
    const file = certificate(extensionOf("2.5.29.19", sequence()), extension);
    for (const form of [file, utf8(pemOf("CERTIFICATE", file))]) {
      expect(openQuoteFile(form)).toEqual({ quote, eventLogs: [] });
    }
  });

  it("is found in a later one of a chain, and in JSON", () => {
    const [, extension = new Uint8Array()] = forms[0] ?? [];
    const others = Array.from({ length: 7 }, () => pemOf("CERTIFICATE", certificate())).join("");
    const chain = others + pemOf("CERTIFICATE", certificate(extension));
    expect(openQuoteFile(utf8(chain)).quote).toEqual(quote);
    expect(openQuoteFile(utf8(JSON.stringify({ app_cert: chain }))).quote).toEqual(quote);
    expect(certificateStrings(utf8(others + chain))).toEqual([]);
  });

  it.each<[string, Uint8Array]>([
    ["has no extensions", sequence(sequence(), sequence(), bitString(new Uint8Array(8)))],
    ["has others", certificate(extensionOf("2.5.29.19", sequence()))],
    ["has too many", certificate(...Array<Uint8Array>(33).fill(extensionOf("1.2.3", quote)))],
    ["is none", sequence(integer(1))],
    ["ends too early", certificate(extensionOf("1.2.3", quote)).slice(0, -1)],
  ])("is not found where that %s", (_, file) => {
    expect(certificateStrings(file).filter(({ length }) => length > 2)).toEqual([]);
  });
});

describe("a report in a certificate", () => {
  const vendor = createAmdVendor("Milan");
  const report = vendor.sign(makeAmdReport(vendor));
  const table = makeCertificateTable([["vcek", vendor.leaf()]]);

  it("is found, and its certificates beside it", () => {
    const file = certificate(extensionOf("1.2.3.1", report), extensionOf("1.2.3.2", table));
    expect(openSnpFile(file)).toEqual({ report, endorsements: [table] });
  });

  it("is found as JSON in an octet string", () => {
    const data = Buffer.from(report).toString("hex");
    const json = der(0x04, utf8(JSON.stringify({ tee_type: "sev-snp", data })));
    const file = certificate(extensionOf("1.3.6.1.4.1.60000.1.1", json));
    expect(openSnpFile(file)).toEqual({ report, endorsements: [] });
  });

  it("is looked for in certificates alone that carry one", () => {
    const { ask } = vendor;
    expect(openSnpFile(ask)).toEqual({ report: ask, endorsements: [] });
  });
});
