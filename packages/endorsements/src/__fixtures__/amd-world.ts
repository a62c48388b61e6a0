// SPDX-License-Identifier: Apache-2.0
/** A library that asks a service of AMD's, and the verdict on a report with what was found. */

import { readAmdEndorsements, verifySnp } from "@strongroom/attestation";
import { type AmdVendor, startVendorServices } from "@strongroom/testing";
import { makeTestLibrary, start } from "./test-library.ts";
import { amdRootOf } from "./test-vendors.ts";

/** Starts both. */
export async function setUpAmd(vendor: AmdVendor) {
  const services = await startVendorServices({ amd: vendor });
  const amd = { url: services.url, ca: services.ca };
  const kept = await makeTestLibrary({ sources: { amd }, roots: { amd: [amdRootOf(vendor)] } });
  return {
    ...{ services, kept },
    [Symbol.asyncDispose]: async () => {
      await services[Symbol.asyncDispose]();
      await kept[Symbol.asyncDispose]();
    },
  };
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
