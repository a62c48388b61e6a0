// SPDX-License-Identifier: Apache-2.0
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "@jest/globals";
import { concatBytes, toHex, utf8 } from "@strongroom/core";
import {
  cbor,
  createAmdVendor,
  makeAmdReport,
  makeCertificateTable,
  pemOf,
  protobuf,
  snpAttestationMessage,
} from "@strongroom/testing";
import { openSnpFile } from "./open-snp-file.ts";
import { verifySnpEvidence } from "./verify-snp-evidence.ts";

const vendor = createAmdVendor("Turin");
const report = vendor.sign(makeAmdReport(vendor));
const leaf = vendor.leaf();
const pem = pemOf("CERTIFICATE", leaf);
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64");
const json = (value: unknown) => utf8(JSON.stringify(value));

/** What the kernel's configfs has of a report: the report, and the table of certificates beside it. */
const tsm = <T>(encode: (bytes: Uint8Array) => T) => ({
  auxblob: encode(makeCertificateTable([["vcek", utf8(pem)]])),
  outblob: encode(report),
  provider: "sev_guest",
});

const tsmCbor = cbor({ pairs: Object.entries(tsm((bytes) => bytes)) });

/** The answer about evidence that has to bring its own key's certificate. */
const answer = (evidence: Uint8Array) =>
  verifySnpEvidence({
    evidence,
    endorsements: [vendor.ask],
    trustRoots: [utf8(pemOf("CERTIFICATE", vendor.ark))],
    binding: undefined,
    at: new Date("2026-06-01T00:00:00Z"),
    allowDebug: false,
  });

describe("a report with the certificate of its key", () => {
  it.each<[string, Uint8Array]>([
    ["an agent's names", json({ attestation_report: base64(report), vcek: pem })],
    [
      "Azure's containers",
      json({ evidence: base64(report), endorsements: base64(utf8(pem)), uvm_endorsements: "0oRZ" }),
    ],
    [
      "Azure's containers, with the host's answer",
      json({ evidence: base64(report), endorsements: base64(json({ vcekCert: pem, tcbm: "0" })) }),
    ],
    [
      "a compressed document",
      json({ report: { format: "a uri", body: base64(gzipSync(report)) }, vcek_der: base64(leaf) }),
    ],
    ["hexadecimal under other names", json({ a: [{ raw: toHex(report), key: toHex(leaf) }] })],
    [
      "bytes behind a length",
      json({ attestation: toHex(concatBytes(Uint8Array.of(0, 3, 0x81, 0x12), report)), vcek: pem }),
    ],
    ["base64 of JSON", utf8(base64(json({ report: base64(report), vcek: pem })))],
    ["the kernel's files, in JSON", json(tsm(base64))],
    ["the kernel's files, in CBOR", tsmCbor],
    [
      "a collection of wrapped messages",
      json({ cmw: base64(json({ r: ["a/type", base64(json(tsm(base64)))] })), eat_nonce: "AA" }),
    ],
    ["Google's message", snpAttestationMessage(report, leaf)],
    ["Google's message in hexadecimal", utf8(toHex(snpAttestationMessage(report, leaf)))],
    [
      "a machine's attestation of Google's",
      protobuf([1, Uint8Array.of(0, 1)], [8, snpAttestationMessage(report, leaf)]),
    ],
    ["a collection of wrapped messages, in CBOR", cbor({ pairs: [["r", ["a/type", tsmCbor]]] })],
  ])("is found in %s", (_, evidence) => {
    expect(answer(evidence)).toMatchObject({ verified: true });
  });

  it("needs a certificate where what the host put beside it is none", () => {
    const evidence = snpAttestationMessage(report, Uint8Array.of(0x30, 0x03, 0x02, 0x01));
    expect(answer(evidence)).toMatchObject({ refusal: "endorsements-unavailable" });
  });

  it("is none that CBOR which breaks off has", () => {
    expect(answer(tsmCbor.slice(0, -1))).toMatchObject({ verified: false, refusal: "malformed" });
  });

  it("is not found in JSON that has none", () => {
    const file = json({ evidence: base64(report.slice(1)), endorsements: pem });
    expect(() => openSnpFile(file)).toThrow(expect.objectContaining({ code: "EvidenceMalformed" }));
  });
});
