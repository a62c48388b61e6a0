// SPDX-License-Identifier: Apache-2.0
/** Azure machines' evidence in files of their own: the paravisor's report, the quote in any of its forms, a TD quote. */

import { isStrongroomError } from "@strongroom/core";
import { malformed } from "../byte-reader.ts";
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
  const binaries = files.map(toBinary);
  const hclReport = binaries.find(isHclReport);
  if (hclReport === undefined) {
    throw malformed("no report of a paravisor");
  }
  const tdQuote = binaries.find(isTdQuote);
  const others = files.filter((_, index) => !isOther(binaries[index]));
  return { hclReport, tdQuote, quote: findQuote(others) };
}

/** "HCLA". */
function isHclReport(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.subarray(0, 4)).toString("latin1") === "HCLA";
}

/** A quote of version 4 or 5 of a TD. */
function isTdQuote(bytes: Uint8Array): boolean {
  return (bytes[0] === 4 || bytes[0] === 5) && bytes[1] === 0 && bytes[4] === 0x81;
}

function isOther(bytes: Uint8Array | undefined): boolean {
  return bytes === undefined || isHclReport(bytes) || isTdQuote(bytes);
}

function findQuote(files: readonly Uint8Array[]): SignedQuote | undefined {
  return collectTpmEvidence(files.filter(isAboutTpm)).quotes[0];
}

/** Endorsements of the hardware may have been given with the evidence. */
function isAboutTpm(file: Uint8Array): boolean {
  try {
    return openTpmFile(file).length > 0;
  } catch (error) {
    if (isStrongroomError(error, "EvidenceMalformed")) {
      return false;
    }
    throw error;
  }
}
