// SPDX-License-Identifier: Apache-2.0
/** Readers of what people keep evidence in, before anything of it is parsed: those of the library and of the command line. */

import {
  createAmdVendor,
  createAzureMachine,
  createNitroVendor,
  der,
  extensionOf,
  integer,
  makeAmdReport,
  mintIntelEvidence,
  pemOf,
  sequence,
  snpAttestationMessage,
  snpReportMessage,
  tdxQuoteMessage,
} from "@strongroom/testing";
import { certificateStrings } from "../../cli/src/attestation/evidence-certificate.ts";
import { openQuoteFile } from "../../cli/src/attestation/open-quote-file.ts";
import { openSnpFile } from "../../cli/src/attestation/open-snp-file.ts";
import { readAzureFiles } from "../../packages/attestation/src/azure/read-azure-files.ts";
import { malformed } from "../../packages/attestation/src/byte-reader.ts";
import { splitOpenEnclaveBlob } from "../../packages/attestation/src/dcap/open-enclave-blob.ts";
import { readQuoteMessage } from "../../packages/attestation/src/dcap/quote-message.ts";
import { ifWellFormed } from "../../packages/attestation/src/if-well-formed.ts";
import {
  readNsmBuffer,
  readNsmResponse,
} from "../../packages/attestation/src/nitro/nsm-messages.ts";
import { readExpectedPcrs } from "../../packages/attestation/src/nitro/read-expected-pcrs.ts";
import { readNitroDocument } from "../../packages/attestation/src/nitro/read-nitro-document.ts";
import { readProtobufMessage } from "../../packages/attestation/src/protobuf-message.ts";
import { readSnpMessage } from "../../packages/attestation/src/snp/snp-message.ts";
import { toBinary } from "../../packages/attestation/src/text-encodings.ts";
import { readExtensionValues } from "../../packages/attestation/src/x509/extension-values.ts";
import { bytesOf, type FuzzTarget, json, target } from "./fuzz-target.ts";

/** All of them. */
export function fileTargets(): readonly FuzzTarget[] {
  const { quote, pki } = mintIntelEvidence({ kind: "sgx3" });
  const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64");
  const prefixed = new Uint8Array(Buffer.concat([new Uint8Array(16), quote]));
  const { hclReport, quote: quoteOf } = createAzureMachine(createAmdVendor("Milan"));
  const { quote: message } = quoteOf(new Uint8Array(32));
  return [
    ...nitro(),
    ...messages(),
    ...carriers(quote),
    ...openEnclave(pki.ca.der),
    target("Azure's files", (bytes) => readAzureFiles([hclReport, bytes]), 5, message, quote),
    target("hexadecimal or base64", toBinary, 40, bytesOf(base64(message)), bytesOf("0x00ff")),
    target(
      "quote file",
      openQuoteFile,
      20,
      prefixed,
      json({ evidence: { quote: base64(quote), event_log: "AA==" } }),
    ),
    target("SNP report in JSON", snpFile, 20, json({ evidence: { report: [1, 2], vcek: "00" } })),
    target("SNP report's fields", snpFile, 20, json(reportFields)),
  ];
}

/** Google's, in Protocol Buffers. */
function messages(): readonly FuzzTarget[] {
  const vendor = createAmdVendor("Turin");
  const report = vendor.sign(makeAmdReport(vendor));
  const [four, five] = (["td10-4", "td15-5"] as const).map((kind) =>
    tdxQuoteMessage(mintIntelEvidence({ kind }).quote),
  );
  const quotes = [four ?? new Uint8Array(), five ?? new Uint8Array()] as const;
  const reports = [snpAttestationMessage(report, vendor.leaf()), snpReportMessage(report)] as const;
  return [
    target("quote in a message", readQuoteMessage, 20, ...quotes),
    target("report in a message", readSnpMessage, 20, ...reports),
    target("message of single fields", readMessage, 20, ...quotes, ...reports),
  ];
}

/** Reads every field in every way: one of them fits, or none. */
function readMessage(bytes: Uint8Array): void {
  const { number, message, bytes: bytesAt } = readProtobufMessage(bytes);
  const attempts = [() => number(1, 2), () => message(1), () => bytesAt(2), () => bytesAt(11, 64)];
  for (const attempt of attempts) {
    ifWellFormed<unknown>(attempt);
  }
}

/** A certificate with a quote in it, and one with CBOR. */
function carriers(quote: Uint8Array): readonly FuzzTarget[] {
  const values = [quote, Uint8Array.of(0xd9, 0xea, 0x60, 0x82, 0x41, 0x00, 0x41, 0x01)] as const;
  const [first, second] = values.map((value) => {
    const extensions = der(0xa3, sequence(extensionOf("2.23.133.5.4.9", value)));
    return sequence(sequence(integer(1), extensions), sequence(), der(0x03, new Uint8Array(9)));
  });
  const corpus = [first ?? quote, second ?? quote] as const;
  return [
    target("extensions of a certificate", readExtensionValues, 40, ...corpus),
    target("evidence in a certificate", certificateStrings, 20, ...corpus),
  ];
}

/** Both forms: by sizes, a head and 16 bytes for each of seven parts; by offsets, where each of nine begins. */
function openEnclave(der: Uint8Array): readonly FuzzTarget[] {
  const text = bytesOf(pemOf("CERTIFICATE", der));
  const bySizes = new Uint8Array(8 + 7 * 16 + text.length);
  bySizes[8 + 8] = 1;
  const part = Buffer.concat([der, Uint8Array.of(0)]);
  const starts = Array.from({ length: 9 }, (_, index) => index * part.length);
  const numbers = [1, 2, (4 + part.length) * starts.length, starts.length, ...starts];
  const head = Buffer.from(Uint32Array.from(numbers).buffer);
  const byOffsets = new Uint8Array(Buffer.concat([head, ...starts.map(() => part)]));
  return [target("Open Enclave's blob", splitOpenEnclaveBlob, 60, bySizes, byOffsets)];
}

/** What serde makes of a report. */
const reportFields = {
  ...{ version: 3, guest_svn: 0, policy: 0x30000, vmpl: 0, sig_algo: 1, plat_info: 1, key_info: 0 },
  ...{ cpuid_fam_id: 25, cpuid_mod_id: 1, cpuid_step: null },
  ...Object.fromEntries(
    ["current_tcb", "reported_tcb", "committed_tcb", "launch_tcb"].map((name) => [
      name,
      { fmc: null, bootloader: 4, tee: 0, snp: 24, microcode: 219 },
    ]),
  ),
  ...Object.fromEntries(
    ["current", "committed"].map((name) => [name, { major: 1, minor: 2, build: 3 }]),
  ),
  ...Object.fromEntries(
    Object.entries({
      ...{ family_id: 16, image_id: 16, report_data: 64, measurement: 48, host_data: 32 },
      ...{ id_key_digest: 48, author_key_digest: 48, report_id: 32, report_id_ma: 32, chip_id: 64 },
    }).map(([name, length]) => [name, Array<number>(length).fill(1)]),
  ),
  signature: { r: Array<number>(72).fill(2), s: Array<number>(72).fill(3) },
};

function nitro(): readonly FuzzTarget[] {
  const document = createNitroVendor().document();
  const named = bytesOf(`0\u0082__nitro.${Buffer.from(document).toString("hex")}.example`);
  const answer = Buffer.from("a16b4174746573746174696f6ea168646f63756d656e74420908", "hex");
  const expected = json({
    Measurements: { PCR0: "ab".repeat(48), a: { pcr_08: "01".repeat(48) } },
  });
  return [
    target(
      "Nitro document's file",
      readNitroDocument,
      10,
      document,
      named,
      bytesOf(pemOf("CERTIFICATE", named)),
      json({ document: "00" }),
    ),
    target("Nitro's expected registers", readExpectedPcrs, 30, expected),
    target("security module's answer", readNsmResponse, 40, new Uint8Array(answer)),
    target("security module's buffer", readNsmBuffer, 40, new Uint8Array([...answer, 0, 0])),
  ];
}

/** The command line says what is missing to its user, in an error of its own. */
function snpFile(bytes: Uint8Array): unknown {
  try {
    return openSnpFile(bytes);
  } catch (error) {
    throw String(error).includes("json without a report") ? malformed("no report") : error;
  }
}
