// SPDX-License-Identifier: Apache-2.0
/** Every parser of the attestation library with well-formed input to start from: what test vendors mint, and small documents. */

import { createAmdVendor, makeAmdReport, mintIntelEvidence, pemOf } from "@strongroom/testing";
import { readDcapEndorsements } from "../../packages/attestation/src/dcap/dcap-endorsements.ts";
import { parseEnclaveIdentity } from "../../packages/attestation/src/dcap/enclave-identity.ts";
import { signedJson } from "../../packages/attestation/src/dcap/limits.ts";
import { openEndorsementFile } from "../../packages/attestation/src/dcap/open-endorsement-file.ts";
import { parseQuote } from "../../packages/attestation/src/dcap/parse-quote.ts";
import { parseTcbInfo } from "../../packages/attestation/src/dcap/tcb-info.ts";
import { scanJson } from "../../packages/attestation/src/scan-json.ts";
import { parseCertificateTable } from "../../packages/attestation/src/snp/certificate-table.ts";
import { parseSnpReport } from "../../packages/attestation/src/snp/parse-snp-report.ts";
import { readAmdEndorsements } from "../../packages/attestation/src/snp/read-amd-endorsements.ts";
import { readSnpReport } from "../../packages/attestation/src/snp/read-snp-report.ts";
import {
  parseCertificate,
  parsePemCertificates,
} from "../../packages/attestation/src/x509/certificate.ts";
import { assertDer, firstDerValue } from "../../packages/attestation/src/x509/der.ts";
import { parsePemBlocks } from "../../packages/attestation/src/x509/pem.ts";
import { parseRevocationList } from "../../packages/attestation/src/x509/revocation-list.ts";
import { bootTargets } from "./fuzz-boot.ts";
import { documentTargets } from "./fuzz-documents.ts";
import { fileTargets } from "./fuzz-files.ts";
import { bytesOf, type FuzzTarget, json, target, textOf } from "./fuzz-target.ts";
import { tpmTargets } from "./fuzz-tpm.ts";

/** All of them. */
export function fuzzTargets(): readonly FuzzTarget[] {
  return [
    ...[...amd(), ...intel(), ...tpmTargets(), ...bootTargets()],
    ...[...documentTargets(), ...fileTargets(), ...certificates()],
  ];
}

function amd(): readonly FuzzTarget[] {
  const vendor = createAmdVendor("Milan");
  const report = vendor.sign(makeAmdReport(vendor));
  const table = new Uint8Array(48 + 8).fill(0x30, 48);
  table.set(Buffer.from("63da758de6644564adc5f4b93be8accd3000000008000000", "hex"));
  const pem = bytesOf(pemOf("CERTIFICATE", vendor.ask) + pemOf("X509 CRL", vendor.crl()));
  return [
    target("SNP report", parseSnpReport, 80, report),
    target("SNP report in a wrapper", readSnpReport, 10, report, bytesOf(textOf(report))),
    target("certificate table", parseCertificateTable, 60, table),
    target("AMD endorsements", readAmdEndorsements, 10, vendor.ask, pem, table),
  ];
}

function intel(): readonly FuzzTarget[] {
  const quotes = (["td15-5", "td10-4", "sgx3"] as const).map((kind) => mintIntelEvidence({ kind }));
  const [first] = quotes;
  const bundle: Readonly<Record<string, string>> = JSON.parse(
    textOf(first?.endorsements ?? json({})),
  );
  const text = (name: string) => bytesOf(bundle[name] ?? "");
  const [one = new Uint8Array(), ...more] = quotes.map(({ quote }) => quote);
  const files = first?.endorsements ?? new Uint8Array();
  return [
    target("quote", parseQuote, 40, one, ...more),
    target("DCAP endorsements", (bytes) => readDcapEndorsements([bytes]), 2, files),
    target("DCAP endorsement file", openEndorsementFile, 10, files, text("tcb_info")),
    target("TCB info", (bytes) => parseTcbInfo(textOf(bytes)), 20, text("tcb_info")),
    target(
      "enclave identity",
      (bytes) => parseEnclaveIdentity(textOf(bytes)),
      20,
      text("qe_identity"),
    ),
    target(
      "signed JSON",
      (bytes) => scanJson(textOf(bytes), signedJson),
      40,
      text("qe_identity"),
      json([1]),
    ),
  ];
}

function certificates(): readonly FuzzTarget[] {
  const { pki } = mintIntelEvidence();
  const vendor = createAmdVendor("Milan");
  const pem = bytesOf(pemOf("CERTIFICATE", pki.pck.der));
  return [
    target("certificate", parseCertificate, 2, pki.pck.der, vendor.ask),
    target("revocation list", parseRevocationList, 5, vendor.crl({ revoked: [1, 2] })),
    target("DER", assertDer, 20, pki.pck.der),
    target("first DER value", firstDerValue, 60, pki.ca.der),
    target("PEM certificates", (bytes) => parsePemCertificates(textOf(bytes)), 30, pem),
    target("PEM blocks", (bytes) => parsePemBlocks(textOf(bytes)), 30, pem),
  ];
}
