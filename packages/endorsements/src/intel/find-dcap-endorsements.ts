// SPDX-License-Identifier: Apache-2.0
/** What a TDX or SGX quote is verified with: TCB info, identity of the quoting enclave, revocation lists, PCK certificate. */

import {
  carriedPck,
  parseQuote,
  platformOfPck,
  type Quote,
  readDcapEndorsements,
} from "@strongroom/attestation";
import type { EndorsementName } from "../endorsement.ts";
import type { EndorsementLibrary } from "../endorsement-library.ts";
import type { FoundEndorsements } from "../found-endorsements.ts";
import { pckName } from "./pcs-request.ts";

/** Finds them. @throws {StrongroomError} `EvidenceMalformed` if the quote is none. */
export async function findDcapEndorsements(
  library: EndorsementLibrary,
  quote: Uint8Array,
  signal: AbortSignal,
): Promise<FoundEndorsements> {
  const parsed = parseQuote(quote);
  const carried = carriedPck(parsed);
  if (carried !== undefined) {
    return await findOfPlatform(library, { quote: parsed, pck: carried, signal });
  }
  const { certification } = parsed.signature;
  if (certification.kind === "chain" || certification.lookup === undefined) {
    return { files: [], missing: ["intel/pck"] };
  }
  const name = pckName(parsed.qeId, certification.lookup);
  return await findByLookup(library, { quote: parsed, name, signal });
}

interface Lookup {
  readonly quote: Quote;
  readonly name: EndorsementName;
  readonly signal: AbortSignal;
}

// The lists vouch for the certificate, and which of them are needed is in the certificate: both CAs' are asked for.
async function findByLookup(
  library: EndorsementLibrary,
  { quote, name, signal }: Lookup,
): Promise<FoundEndorsements> {
  const lists = ["intel/crl/root", "intel/crl/platform", "intel/crl/processor"];
  const found = await library.find({ names: [name, ...lists] }, signal);
  const answer = found.find((one) => one.name === name)?.files ?? [];
  // The service answers the certificate and, beside it, its issuers'.
  const [pck] = answer.length === 0 ? [] : readDcapEndorsements(answer).certificates;
  if (pck === undefined) {
    return { files: [], missing: [name] };
  }
  const { files, missing } = await findOfPlatform(library, { quote, pck: pck.der, signal });
  return { files: [...answer, ...files], missing };
}

interface CertifiedQuote {
  readonly quote: Quote;
  readonly pck: Uint8Array;
  readonly signal: AbortSignal;
}

async function findOfPlatform(
  library: EndorsementLibrary,
  { quote, pck, signal }: CertifiedQuote,
): Promise<FoundEndorsements> {
  const { fmspc, ca } = platformOfPck(pck);
  const isTd = quote.body.kind === "tdx";
  const names = [
    `intel/tcb-info/${isTd ? "tdx" : "sgx"}/${fmspc}`,
    `intel/identity/${isTd ? "TD_QE" : "QE"}`,
    `intel/crl/${ca}`,
    "intel/crl/root",
  ];
  const found = await library.find({ names }, signal);
  return {
    files: found.flatMap(({ files }) => files),
    missing: names.filter((name) => !found.some((one) => one.name === name)),
  };
}
