// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { concatBytes, fromHex, utf8 } from "@strongroom/core";
import { createAmdVendor, makeAmdReport, makeCertificateTable } from "@strongroom/testing";
import { parseCertificateTable } from "./certificate-table.ts";
import { readAmdEndorsements } from "./read-amd-endorsements.ts";
import { readSnpReport } from "./read-snp-report.ts";

const vendor = createAmdVendor("Milan");
const leaf = vendor.leaf();
const pem = (der: Uint8Array, label = "CERTIFICATE") =>
  `-----BEGIN ${label}-----\n${Buffer.from(der).toString("base64")}\n-----END ${label}-----\n`;

const vcek = "63da758de6644564adc5f4b93be8accd";

function header(identifier: string, offset: number, length: number): Uint8Array {
  const bytes = new Uint8Array(24);
  bytes.set(fromHex(identifier));
  new DataView(bytes.buffer).setUint32(16, offset, true);
  new DataView(bytes.buffer).setUint32(20, length, true);
  return bytes;
}

describe("AMD's endorsements", () => {
  it.each<[string, Uint8Array]>([
    ["DER", leaf],
    ["PEM", utf8(pem(leaf))],
    ["a table with DER", makeCertificateTable([["vcek", leaf]])],
    ["a table with PEM", makeCertificateTable([["vcek", utf8(pem(leaf))]])],
    ["a table with PEM that zeros end", makeCertificateTable([["vcek", utf8(`${pem(leaf)}\0\0`)]])],
    ["Azure's answer", utf8(JSON.stringify({ vcekCert: pem(leaf), tcbm: "00" }))],
    ["base64 of Azure's answer", utf8(btoa(JSON.stringify({ vcekCert: pem(leaf) })))],
    ["base64 of DER", utf8(Buffer.from(leaf).toString("base64"))],
    ["base64 of PEM", utf8(btoa(pem(leaf)))],
    ["hexadecimal of DER", utf8(`${Buffer.from(leaf).toString("hex")}\n`)],
  ])("are read from %s", (_, bytes) => {
    expect(readAmdEndorsements(bytes)).toEqual({ certificates: [leaf], crls: [] });
  });

  it("are told from revocation lists", () => {
    const crl = vendor.crl();
    expect(readAmdEndorsements(crl)).toEqual({ certificates: [], crls: [crl] });
    const both = utf8(pem(leaf) + pem(crl, "X509 CRL"));
    expect(readAmdEndorsements(both)).toEqual({ certificates: [leaf], crls: [crl] });
  });

  it("are 64 at most", () => {
    expect(readAmdEndorsements(utf8(pem(leaf).repeat(64))).certificates).toHaveLength(64);
    expect(() => readAmdEndorsements(utf8(pem(leaf).repeat(65)))).toThrow("too many endorsements");
  });

  it("go without a table's entries that are no certificates", () => {
    const bytes = makeCertificateTable([
      ["ask", Uint8Array.of(0xde, 0xad)],
      ["vcek", leaf],
      ["other", vendor.ask],
      ["other", utf8(pem(vendor.ask))],
      ["other", utf8("-----BEGIN a vendor's own\n")],
    ]);
    expect(readAmdEndorsements(bytes).certificates).toEqual([leaf]);
  });

  it.each<[string, Uint8Array]>([
    ["nothing", new Uint8Array()],
    ["a zero", new Uint8Array(1)],
    ["text of something else", utf8("hello, world")],
    ["JSON that is none", utf8("{")],
    ["a table without an end", header(vcek, 48, 0)],
  ])("are refused as %s", (_, bytes) => {
    expect(() => readAmdEndorsements(bytes)).toThrow(
      expect.objectContaining({ code: "EvidenceMalformed" }),
    );
  });
});

describe("a certificate table", () => {
  it.each<[string, Uint8Array]>([
    ["points into its own entries", concatBytes(header(vcek, 24, 1), new Uint8Array(24))],
    ["points behind its end", concatBytes(header(vcek, 48, 1), new Uint8Array(24))],
    ["has lengths that overflow", concatBytes(header(vcek, 48, 0xffffffff), new Uint8Array(24))],
    [
      "has 17 entries",
      makeCertificateTable(Array.from({ length: 17 }, () => ["vcek", leaf.slice(0, 1)] as const)),
    ],
  ])("is refused that %s", (_, bytes) => {
    expect(() => parseCertificateTable(bytes)).toThrow(
      expect.objectContaining({ code: "EvidenceMalformed" }),
    );
  });
});

describe("a report is found", () => {
  const report = vendor.sign(makeAmdReport(vendor));
  const answer = new Uint8Array(4000);
  answer.set(report, 0x20);
  new DataView(answer.buffer).setUint32(4, 1184, true);

  it.each<[string, Uint8Array]>([
    ["as it is", report],
    ["in hexadecimal", utf8(`${Buffer.from(report).toString("hex")}\n`)],
    ["in base64", utf8(Buffer.from(report).toString("base64"))],
    ["in the firmware's answer", answer],
  ])("%s", (_, bytes) => {
    expect(readSnpReport(bytes)).toEqual({ report, certificateTable: undefined });
  });

  it("behind the header that dstack writes", () => {
    const bytes = concatBytes(Uint8Array.of(0, 3, 0x81, 0x12), report);
    expect(readSnpReport(bytes)).toEqual({ report, certificateTable: undefined });
    expect(readSnpReport(concatBytes(bytes, leaf))).toEqual({ report, certificateTable: leaf });
  });

  it.each([[0], [0, 0, 0, 0], [0, 4, 0x81, 0x12], [0, 3, 0x81, 0x16]])(
    "behind no other bytes: %j",
    (...header) => {
      const bytes = concatBytes(Uint8Array.from(header), report);
      expect(readSnpReport(bytes).report).toEqual(bytes.slice(0, 1184));
    },
  );

  it("before a certificate table", () => {
    const certificateTable = makeCertificateTable([["vcek", leaf]]);
    expect(readSnpReport(concatBytes(report, certificateTable))).toEqual({
      report,
      certificateTable,
    });
  });
});
