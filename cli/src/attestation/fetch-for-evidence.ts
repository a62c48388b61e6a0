// SPDX-License-Identifier: Apache-2.0
/** Fetches what a file of evidence needs, whichever of the kinds it is that have endorsements. */

import { readSnpReport } from "@strongroom/attestation";
import { isStrongroomError } from "@strongroom/core";
import {
  type EndorsementLibrary,
  type FoundEndorsements,
  findDcapEndorsements,
  findSnpEndorsements,
  requireAll,
} from "@strongroom/endorsements";
import { readBoundedFile } from "../read-bounded-file.ts";
import { CommandError } from "../terminal.ts";
import { unwrapRequest } from "./evidence-json.ts";
import { openQuoteFile } from "./open-quote-file.ts";
import { openSnpFile } from "./open-snp-file.ts";

/** Long enough for AMD's service, which answers one request in ten seconds. */
const longest = 120_000;

/**
 * @throws {StrongroomError} `EndorsementsUnavailable` if one cannot be had; `BadParameter` if the file is neither a
 *   report nor a quote.
 */
export async function fetchForEvidence(library: EndorsementLibrary, path: string): Promise<void> {
  const file = unwrapRequest(await readBoundedFile(path));
  const found = (await findIfDcap(library, file)) ?? (await findIfSnp(library, file));
  if (found === undefined) {
    throw new CommandError("BadParameter", `${path} is no SNP report, TDX or SGX quote`);
  }
  requireAll(found);
}

function findIfDcap(library: EndorsementLibrary, file: Uint8Array) {
  return unlessMalformed(() =>
    findDcapEndorsements(library, openQuoteFile(file).quote, AbortSignal.timeout(longest)),
  );
}

function findIfSnp(library: EndorsementLibrary, file: Uint8Array) {
  return unlessMalformed(async () => {
    const { report, certificateTable } = readSnpReport(openSnpFile(file).report);
    const table = certificateTable === undefined ? {} : { certificateTable };
    return await findSnpEndorsements(library, { report, ...table }, AbortSignal.timeout(longest));
  });
}

async function unlessMalformed(
  find: () => Promise<FoundEndorsements>,
): Promise<FoundEndorsements | undefined> {
  try {
    return await find();
  } catch (error) {
    if (isStrongroomError(error, "EvidenceMalformed")) {
      return undefined;
    }
    throw error;
  }
}
