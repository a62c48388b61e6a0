// SPDX-License-Identifier: Apache-2.0
/** Azure machines' evidence in files of their own: the paravisor's report, the quote in any of its forms, a TD quote. */

import { malformed } from "../byte-reader.ts";
import { ifWellFormed } from "../if-well-formed.ts";
import { toBinary } from "../text-encodings.ts";
import { collectTpmEvidence } from "../tpm/collect-tpm-evidence.ts";
import { openTpmFile } from "../tpm/open-tpm-file.ts";
import type { SignedQuote } from "../tpm/tpm-file-items.ts";

/** What was found. */
export interface AzureFiles {
  readonly hclReport: Uint8Array;
  readonly quote: SignedQuote | undefined;
  readonly tdQuote: Uint8Array | undefined;
}

/**
 * Puts evidence together; files that are about something else, as certificates, are passed over.
 *
 * @throws {StrongroomError} `EvidenceMalformed` if no file is a report.
 */
export function readAzureFiles(files: readonly Uint8Array[]): AzureFiles {
  const opened = files.map((file) => ({ file, binary: toBinary(file) }));
  const hclReport = opened.find(({ binary }) => isHclReport(binary))?.binary;
  if (hclReport === undefined) {
    throw malformed("no report of a paravisor");
  }
  const tdQuote = opened.find(({ binary }) => isTdQuote(binary))?.binary;
  const others = opened.filter(({ binary }) => !isHclReport(binary) && !isTdQuote(binary));
  // Endorsements of the hardware may have been given with the evidence.
  const isAboutTpm = (file: Uint8Array) => ifWellFormed(() => openTpmFile(file)) !== undefined;
  const [quote] = collectTpmEvidence(others.map(({ file }) => file).filter(isAboutTpm)).quotes;
  return { hclReport, tdQuote, quote };
}

/** "HCLA". */
function isHclReport(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.subarray(0, 4)).toString("latin1") === "HCLA";
}

/** A quote of version 4 or 5 of a TD. */
function isTdQuote(bytes: Uint8Array): boolean {
  return (bytes[0] === 4 || bytes[0] === 5) && bytes[1] === 0 && bytes[4] === 0x81;
}
