// SPDX-License-Identifier: Apache-2.0
/** Every parser of the attestation library and its endorsements with well-formed input to start from: what test vendors mint, and small documents. */

import {
  createAmdVendor,
  makeAmdReport,
  makeCertificateTable,
  mintIntelEvidence,
  pemOf,
} from "@strongroom/testing";
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
import { certificateTargets } from "./fuzz-certificates.ts";
import { documentTargets } from "./fuzz-documents.ts";
import { endorsementTargets } from "./fuzz-endorsements.ts";
import { fileTargets } from "./fuzz-files.ts";
import { logTargets } from "./fuzz-logs.ts";
import { bytesOf, type FuzzTarget, json, target, textOf } from "./fuzz-target.ts";
import { tokenTargets } from "./fuzz-tokens.ts";
import { tpmTargets } from "./fuzz-tpm.ts";
import { xmlTargets } from "./fuzz-xml.ts";

/** All of them. */
export function fuzzTargets(): readonly FuzzTarget[] {
  return [
    ...[...amd(), ...intel(), ...tpmTargets(), ...logTargets()],
    ...[...documentTargets(), ...tokenTargets(), ...fileTargets(), ...xmlTargets()],
    ...[...certificateTargets(), ...endorsementTargets()],
  ];
}

function amd(): readonly FuzzTarget[] {
  const vendor = createAmdVendor("Milan");
  const report = vendor.sign(makeAmdReport(vendor));
  const leaf = vendor.leaf();
  const table = makeCertificateTable([
    ["vcek", leaf],
    ["ask", vendor.ask],
    ["other", bytesOf("of the host's")],
  ]);
  const answer = {
    vcekCert: pemOf("CERTIFICATE", leaf),
    certificateChain: pemOf("CERTIFICATE", vendor.ask),
  };
  const pem = bytesOf(pemOf("CERTIFICATE", vendor.ask) + pemOf("X509 CRL", vendor.crl()));
  return [
    target("SNP report", parseSnpReport, 80, report),
    target("SNP report in a wrapper", readSnpReport, 10, report, wrapped(report)),
    target("certificate table", parseCertificateTable, 60, table),
    target("AMD endorsements", readAmdEndorsements, 10, vendor.ask, pem, table, json(answer)),
  ];
}

/** The firmware's answer: a status, a size, 24 reserved bytes, the report. */
function wrapped(report: Uint8Array): Uint8Array {
  const answer = new Uint8Array(32 + report.length);
  new DataView(answer.buffer).setUint32(4, report.length, true);
  answer.set(report, 32);
  return answer;
}

function intel(): readonly FuzzTarget[] {
  const quotes = (["td15ex-5", "td15-5", "td10-4", "sgx3"] as const).map((kind) =>
    mintIntelEvidence({ kind }),
  );
  const [first] = quotes;
  const bundle: Readonly<Record<string, string>> = JSON.parse(
    textOf(first?.endorsements ?? json({})),
  );
  const text = (name: string) => bytesOf(bundle[name] ?? "");
  const [one = new Uint8Array(), ...more] = quotes.map(({ quote }) => quote);
  const files = first?.endorsements ?? new Uint8Array();
  const header = bytesOf(encodeURIComponent(bundle["tcb_info_issuer_chain"] ?? ""));
  return [
    target("quote", parseQuote, 40, one, ...more, withoutChain(one)),
    target("DCAP endorsements", (bytes) => readDcapEndorsements([bytes]), 2, files),
    target("DCAP endorsement file", openEndorsementFile, 10, files, text("tcb_info"), header),
    target("TCB info", (bytes) => parseTcbInfo(textOf(bytes)), 20, text("tcb_info"), older()),
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

/** Certification data of type 3 in the place of the chain: the encrypted PPID, for those who look the certificate up. */
function withoutChain(quote: Uint8Array): Uint8Array {
  const start = Buffer.from(quote).indexOf("-----BEGIN") - 6;
  const data = Buffer.alloc(6 + 384 + 20);
  data.writeUInt16LE(3, 0);
  data.writeUInt32LE(384 + 20, 2);
  const changed = Buffer.concat([quote.subarray(0, start), data]);
  // What holds it says how long it is: the data of type 6 before it, and all of the signature data.
  const lost = quote.length - changed.length;
  for (const at of lengthsBefore(changed, start, lost)) {
    changed.writeUInt32LE(changed.readUInt32LE(at) - lost, at);
  }
  return new Uint8Array(changed);
}

/** Numbers of four bytes that say how much there was up to the quote's end. */
function lengthsBefore(bytes: Buffer, end: number, lost: number): readonly number[] {
  return Array.from({ length: end - 4 }, (_, at) => at).filter(
    (at) => bytes.readUInt32LE(at) === bytes.length + lost - at - 4,
  );
}

/** Version 2, of SGX alone, with each component by a name of its own. */
function older(): Uint8Array {
  const components = Array.from({ length: 16 }, (_, index) => [
    `sgxtcbcomp${String(index + 1).padStart(2, "0")}svn`,
    index,
  ]);
  return json({
    ...{ version: 2, issueDate: "2026-01-01T00:00:00Z", nextUpdate: "2026-12-31T00:00:00Z" },
    ...{ fmspc: "00906ea10000", pceId: "0000", tcbType: 0, tcbEvaluationDataNumber: 12 },
    tcbLevels: [
      {
        tcb: { ...Object.fromEntries(components), pcesvn: 11 },
        ...{ tcbDate: "2026-01-01T00:00:00Z", tcbStatus: "UpToDate" },
      },
    ],
  });
}
