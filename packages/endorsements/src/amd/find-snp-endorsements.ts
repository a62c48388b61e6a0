// SPDX-License-Identifier: Apache-2.0
/** What a SEV-SNP report is verified with: the chip's certificate for the report's TCB, its issuers', the revocation list. */

import {
  type AmdProduct,
  parseCertificateTable,
  parseSnpReport,
  productOfCpu,
  type SnpReport,
  type TableEntry,
} from "@strongroom/attestation";
import { isStrongroomError, toHex } from "@strongroom/core";
import type { EndorsementName } from "../endorsement.ts";
import type { EndorsementLibrary } from "../endorsement-library.ts";
import type { FoundEndorsements } from "../found-endorsements.ts";
import { vcekName } from "./kds-request.ts";

/** A report, and what the host handed out with it. */
export interface SnpEvidence {
  readonly report: Uint8Array;
  readonly certificateTable?: Uint8Array;
}

/** Finds them. @throws {StrongroomError} `EvidenceMalformed` if the report is none. */
export async function findSnpEndorsements(
  library: EndorsementLibrary,
  { report, certificateTable }: SnpEvidence,
  signal: AbortSignal,
): Promise<FoundEndorsements> {
  const parsed = parseSnpReport(report);
  const table = certificateTable === undefined ? [] : readTable(certificateTable);
  let best: FoundEndorsements = { files: [], missing: ["amd/vcek"] };
  for (const product of productsOf(parsed)) {
    const names = namesOf(parsed, product);
    const found = await library.find({ names, hints: hintsOf(table, names) }, signal);
    const missing = names.filter((name) => !found.some((one) => one.name === name));
    best = { files: found.flatMap(({ files }) => files), missing };
    if (missing.length === 0) {
      break;
    }
  }
  // A provider's key is in the table alone; AMD's service does not have it.
  return parsed.signingKey === "vlek" ? { ...best, files: [...best.files, ...vleks(table)] } : best;
}

function vleks(table: readonly TableEntry[]): readonly Uint8Array[] {
  return table.filter(({ kind }) => kind === "vlek").map(({ content }) => content);
}

/** What the table has of these names. */
function hintsOf(table: readonly TableEntry[], names: readonly EndorsementName[]) {
  const contents = (...kinds: readonly TableEntry["kind"][]) =>
    table.filter(({ kind }) => kinds.includes(kind)).map(({ content }) => content);
  const parts = { vcek: contents("vcek"), chain: contents("ask", "ark"), crl: contents("crl") };
  return names.map((name) => {
    const [, kind] = name.split("/");
    return {
      name,
      files: kind === "vcek" || kind === "chain" || kind === "crl" ? parts[kind] : [],
    };
  });
}

/** Reports of version 2 do not say; nothing but Milan and Genoa makes them. */
function productsOf({ cpu }: SnpReport): readonly AmdProduct[] {
  if (cpu === undefined) {
    return ["Milan", "Genoa"];
  }
  const product = productOfCpu(cpu);
  return product === undefined ? [] : [product];
}

/** Bytes of a chip's id; Turin's is shorter than the report's field. */
const chipIdBytes = { Milan: 64, Genoa: 64, Turin: 8 } as const;

function namesOf(report: SnpReport, product: AmdProduct): readonly EndorsementName[] {
  const signer = report.signingKey === "vlek" ? "vlek" : "vcek";
  const lists = [`amd/chain/${product}/${signer}`, `amd/crl/${product}/${signer}`];
  if (signer === "vlek") {
    return lists;
  }
  const chipId = toHex(report.chipId.subarray(0, chipIdBytes[product]));
  return [vcekName(product, chipId, toHex(report.reportedTcb)), ...lists];
}

/** Hosts write what they like into the table: one that cannot be read is as good as none. */
function readTable(table: Uint8Array): readonly TableEntry[] {
  try {
    return parseCertificateTable(table);
  } catch (error) {
    if (isStrongroomError(error, "EvidenceMalformed")) {
      return [];
    }
    throw error;
  }
}
