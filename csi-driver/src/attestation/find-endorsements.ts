// SPDX-License-Identifier: Apache-2.0
/** What a piece of evidence is verified with, of what this node keeps or may ask for. */

import { ifWellFormed, parseHclReport, readAmdEndorsements } from "@strongroom/attestation";
import {
  type EndorsementLibrary,
  type FoundEndorsements,
  findDcapEndorsements,
  findSnpEndorsements,
} from "@strongroom/endorsements";
import type { TeeEvidence } from "../tee/tee-evidence.ts";

const none: FoundEndorsements = { files: [], missing: [] };

/** Finds them. @throws {StrongroomError} `EvidenceMalformed` if the device's evidence is none. */
export async function findEndorsements(
  library: EndorsementLibrary,
  evidence: TeeEvidence,
  signal: AbortSignal,
): Promise<FoundEndorsements> {
  switch (evidence.kind) {
    case "SevSnpVm": {
      const found = await findSnpEndorsements(library, evidence, signal);
      const { certificateTable: table } = evidence;
      // Where something is missing the host's own table goes along: one that can be read is no worse than nothing.
      return found.missing.length > 0 && table !== undefined && isTable(table)
        ? { ...found, files: [...found.files, table] }
        : found;
    }
    case "TdxVm":
    case "SgxEnclave":
      return await findDcapEndorsements(library, evidence.quote, signal);
    case "AzureGuest": {
      const { hardware } = parseHclReport(evidence.hclReport);
      if (hardware.kind === "snp") {
        return await findSnpEndorsements(library, { report: hardware.report }, signal);
      }
      const { tdQuote } = evidence;
      return tdQuote === undefined ? none : await findDcapEndorsements(library, tdQuote, signal);
    }
    // A document has its whole chain in it; a realm's platform has a key that the vault knows or not.
    case "Nitro":
    case "Cca":
      return none;
  }
}

function isTable(table: Uint8Array): boolean {
  return ifWellFormed(() => readAmdEndorsements(table)) !== undefined;
}
