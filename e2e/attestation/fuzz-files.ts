// SPDX-License-Identifier: Apache-2.0
/** Readers of what people keep evidence in, before anything of it is parsed: those of the library and of the command line. */

import { createNitroVendor, mintIntelEvidence, pemOf } from "@strongroom/testing";
import { openQuoteFile } from "../../cli/src/attestation/open-quote-file.ts";
import { openSnpJson } from "../../cli/src/attestation/open-snp-json.ts";
import { readAzureFiles } from "../../packages/attestation/src/azure/read-azure-files.ts";
import { malformed } from "../../packages/attestation/src/byte-reader.ts";
import { splitOpenEnclaveBlob } from "../../packages/attestation/src/dcap/open-enclave-blob.ts";
import { readIssuerKeys } from "../../packages/attestation/src/jwt/read-issuer-keys.ts";
import { readNsmResponse } from "../../packages/attestation/src/nitro/nsm-messages.ts";
import { readExpectedPcrs } from "../../packages/attestation/src/nitro/read-expected-pcrs.ts";
import { readNitroDocument } from "../../packages/attestation/src/nitro/read-nitro-document.ts";
import { toBinary } from "../../packages/attestation/src/text-encodings.ts";
import { bytesOf, type FuzzTarget, json, target } from "./fuzz-target.ts";

/** All of them. */
export function fileTargets(): readonly FuzzTarget[] {
  const { quote, pki } = mintIntelEvidence({ kind: "sgx3" });
  const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64");
  const pem = bytesOf(pemOf("CERTIFICATE", pki.ca.der));
  const prefixed = new Uint8Array(Buffer.concat([new Uint8Array(16), quote]));
  const blob = new Uint8Array(8 + 7 * 16 + 1);
  blob[8 + 8] = 1;
  const hcl = bytesOf(`HCLA${"\u0001".repeat(64)}`);
  return [
    ...nitro(),
    target("issuer's keys", readIssuerKeys, 2, pem, bytesOf(pemOf("PUBLIC KEY", pki.ca.der))),
    target(
      "Azure's files",
      (bytes) => readAzureFiles([hcl, bytes]),
      5,
      hcl,
      quote,
      json({ quote: "AA" }),
    ),
    target("Open Enclave's blob", splitOpenEnclaveBlob, 60, blob),
    target("hexadecimal or base64", toBinary, 40, bytesOf(base64(blob)), bytesOf("0x00ff")),
    target(
      "quote file",
      openQuoteFile,
      20,
      prefixed,
      json({ evidence: { quote: base64(quote), event_log: "AA==" } }),
    ),
    target("SNP report in JSON", snpJson, 20, json({ evidence: { report: [1, 2], vcek: "00" } })),
  ];
}

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
      json({ document: "00" }),
    ),
    target("Nitro's expected registers", readExpectedPcrs, 30, expected),
    target("security module's answer", readNsmResponse, 40, new Uint8Array(answer)),
  ];
}

/** The command line says what is missing to its user, in an error of its own. */
function snpJson(bytes: Uint8Array): unknown {
  try {
    return openSnpJson(bytes);
  } catch (error) {
    throw String(error).includes("json without a report") ? malformed("no report") : error;
  }
}
