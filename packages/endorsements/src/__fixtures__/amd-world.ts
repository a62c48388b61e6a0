// SPDX-License-Identifier: Apache-2.0
/** A library that asks a service of AMD's, and the verdict on a report with what was found. */

import { readAmdEndorsements, verifySnp } from "@strongroom/attestation";
import type { AmdVendor } from "@strongroom/testing";
import { start, startWorld } from "./test-library.ts";
import { amdRootOf } from "./test-vendors.ts";

/** Starts both. */
export async function setUpAmd(vendor: AmdVendor) {
  return await startWorld({ amd: vendor }, ({ url, ca }) => ({
    sources: { amd: { url, ca } },
    roots: { amd: [amdRootOf(vendor)] },
  }));
}

/** Verifies a report with these files. */
export function verifyWith(vendor: AmdVendor, report: Uint8Array, files: readonly Uint8Array[]) {
  const read = files.map(readAmdEndorsements);
  const endorsements = {
    certificates: read.flatMap(({ certificates }) => certificates),
    crls: read.flatMap(({ crls }) => crls),
  };
  const trust = { roots: [amdRootOf(vendor)], revocation: "required" } as const;
  return verifySnp({ report, endorsements }, trust, { reportData: "unbound" }, start);
}
