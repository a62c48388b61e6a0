// SPDX-License-Identifier: Apache-2.0
/** SEV-SNP reports of a test AMD, changed at random and half of them signed again: ours beside go-sev-guest. */

import { type AmdTrust, verifySnp } from "@strongroom/attestation";
import {
  type AttestationOracle,
  createAmdVendor,
  makeAmdReport,
  snpOracleTrust,
} from "@strongroom/testing";
import type { Compared } from "./comparison.ts";
import type { Fields } from "./quote-fields.ts";
import type { Random } from "./random.ts";

const at = new Date("2026-06-01T00:00:00Z");
const oracleName = "go-sev-guest";

/** Fields by offset and length; what is in the first list is the guest's own and no verifier's affair. */
const free: Fields = [
  ["guest svn", 0x04, 4],
  ["family id", 0x10, 16],
  ["image id", 0x20, 16],
  ["report data", 0x50, 64],
  ["measurement", 0x90, 48],
  ["host data", 0xc0, 32],
  ["report id", 0x140, 32],
  ["launch tcb", 0x1f0, 8],
];
const judged: Fields = [
  ["version", 0x00, 1],
  ["policy", 0x08, 8],
  ["vmpl", 0x30, 4],
  ["signature algorithm", 0x34, 1],
  ["current tcb", 0x38, 8],
  ["platform info", 0x40, 8],
  ["flags", 0x48, 1],
  ["reserved after flags", 0x4c, 4],
  ["reported tcb", 0x180, 8],
  ["cpuid", 0x188, 3],
  ["reserved before chip id", 0x18b, 21],
  ["chip id", 0x1a0, 64],
  ["committed tcb", 0x1e0, 8],
  ["reserved before signature", 0x208, 152],
];

/** Compares `count` reports. */
export async function compareSnp(
  oracle: AttestationOracle,
  random: Random,
  count: number,
): Promise<readonly Compared[]> {
  const vendor = createAmdVendor("Milan");
  const leaf = vendor.leaf();
  await oracle.setUp("snp", "snp", snpOracleTrust(vendor, leaf, at));
  const { ark, ask, asvk } = vendor.fingerprints;
  const root = { name: "test", class: "software", product: "Milan" } as const;
  const roots = [{ ...root, ark, ask: [ask], asvk: [asvk] }];
  const trust: AmdTrust = { roots, revocation: "if-given" };
  const endorsements = { certificates: [leaf, vendor.ask, vendor.ark], crls: [] };
  const compared: Compared[] = [];
  for (let index = 0; index < count; index += 1) {
    const isSignedAgain = index % 2 === 0;
    const version = random.pick([2, 3, 5]);
    const plain = vendor.sign(makeAmdReport(vendor, { version }));
    const { change, bytes } = isSignedAgain ? changeField(plain, random) : damage(plain, random);
    const report = isSignedAgain ? vendor.sign(bytes) : bytes;
    const answer = await oracle.verify("snp", report);
    const verdict = verifySnp({ report, endorsements }, trust, { reportData: "unbound" }, at);
    const ours = verdict.kind === "verified" ? "" : `${verdict.class}: ${verdict.reason}`;
    compared.push({
      ...{ oracle: oracleName, change, isSignedAgain },
      theirs: { accepted: answer.accepted, reason: answer.reason ?? "" },
      ours: { accepted: verdict.kind === "verified", reason: ours },
    });
  }
  return compared;
}

function changeField(report: Uint8Array, random: Random) {
  const [name, offset, length] = random.below(10) < 7 ? random.pick(free) : random.pick(judged);
  const bytes = report.slice();
  if (length > 4 && random.below(2) === 0) {
    const position = offset + random.below(length);
    bytes[position] = (bytes[position] ?? 0) ^ (1 << random.below(8));
  } else {
    bytes.set(length === 1 ? [random.below(9)] : random.bytes(length), offset);
  }
  return { change: name, bytes };
}

function damage(report: Uint8Array, random: Random) {
  const kind = random.pick(["bit", "bit", "bit", "cut", "longer", "signature"]);
  if (kind === "cut") {
    return { change: kind, bytes: report.slice(0, random.below(report.length)) };
  }
  if (kind === "longer") {
    return {
      change: kind,
      bytes: Uint8Array.from([...report, ...random.bytes(1 + random.below(64))]),
    };
  }
  const bytes = report.slice();
  const position = kind === "bit" ? random.below(report.length) : 0x2a0 + random.below(144);
  bytes[position] = (bytes[position] ?? 0) ^ (1 << random.below(8));
  return { change: kind, bytes };
}
