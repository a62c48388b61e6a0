// SPDX-License-Identifier: Apache-2.0
/** SEV-SNP reports of test vendors, and verdicts about them and about what was changed of them. */

import {
  type AmdCrlRequest,
  type AmdLeafRequest,
  type AmdReportRequest,
  type AmdVendor,
  createAmdVendor,
  makeAmdReport,
} from "@strongroom/testing";
import type { AmdTrust } from "../snp/endorse-amd-key.ts";
import { type SnpExpectation, verifySnp } from "../snp/verify-snp-report.ts";

/** When reports are verified. */
export const at = new Date("2026-06-01T00:00:00Z");
/** Test vendors by product. */
export const vendors = {
  Milan: createAmdVendor("Milan"),
  Genoa: createAmdVendor("Genoa"),
  Turin: createAmdVendor("Turin"),
};
/** Two of them. */
export const { Milan: milan, Turin: turin } = vendors;

/** Trust in a vendor. */
export function trusting(
  vendor: AmdVendor,
  revocation: AmdTrust["revocation"] = "if-given",
): AmdTrust {
  const { ark, ask, asvk } = vendor.fingerprints;
  const root = { name: "test", class: "software" as const, product: vendor.product };
  return { roots: [{ ...root, ark, ask: [ask], asvk: [asvk] }], revocation };
}

/** What is other than usual. */
export interface Case {
  readonly vendor?: AmdVendor;
  readonly leaf?: AmdLeafRequest;
  readonly report?: AmdReportRequest;
  readonly crl?: AmdCrlRequest;
  readonly crls?: readonly Uint8Array[];
  readonly trust?: AmdTrust;
  readonly expected?: SnpExpectation;
  readonly at?: Date;
  readonly certificates?: readonly Uint8Array[];
  readonly change?: (signed: Uint8Array) => void;
}

/** The verdict about a report. */
export function attempt(changes: Case = {}) {
  const vendor = changes.vendor ?? milan;
  const report = vendor.sign(makeAmdReport(vendor, changes.report));
  changes.change?.(report);
  const usual = [vendor.leaf(changes.leaf), vendor.ask, vendor.asvk, vendor.ark];
  const crls = changes.crl === undefined ? [] : [vendor.crl(changes.crl)];
  const endorsements = {
    certificates: changes.certificates ?? usual,
    crls: changes.crls ?? crls,
  };
  const expected = changes.expected ?? { reportData: new Uint8Array(64) };
  const trust = changes.trust ?? trusting(vendor);
  return verifySnp({ report, endorsements }, trust, expected, changes.at ?? at);
}

/** AMD's arc of object identifiers. */
export const arc = "1.3.6.1.4.1.3704.1";
/** A report signed by a provider's key. */
export const vlek = {
  leaf: { kind: "vlek" },
  report: { flags: 0x4, chipId: new Uint8Array(64) },
} as const;
/** A TCB by its parts. */
export const tcbOf = (...parts: readonly number[]) => Uint8Array.from(parts);
