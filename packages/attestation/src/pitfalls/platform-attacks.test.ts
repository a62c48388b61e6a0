// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import {
  type AmdReportRequest,
  createAmdVendor,
  makeAmdReport,
  mintIntelEvidence,
} from "@strongroom/testing";
import { verifyEvidence } from "../__fixtures__/intel.ts";
import { toDcapClaims } from "../dcap/dcap-claims.ts";
import { appraiseSnp, type SnpRules } from "../snp/appraise-snp.ts";
import { toSnpClaims } from "../snp/snp-claims.ts";
import { verifySnp } from "../snp/verify-snp-report.ts";

const vendor = createAmdVendor("Milan");
const at = new Date("2026-06-01T00:00:00Z");

function factsOf(request: AmdReportRequest) {
  const { ark, ask, asvk } = vendor.fingerprints;
  const root = { name: "test", class: "software" as const, product: "Milan" as const };
  const trust = { roots: [{ ...root, ark, ask: [ask], asvk: [asvk] }], revocation: "if-given" };
  const tcb = request.reportedTcb ?? vendor.chip.tcb;
  const certificates = [vendor.leaf({ tcb }), vendor.ask, vendor.ark];
  const report = vendor.sign(makeAmdReport(vendor, request));
  const evidence = { report, endorsements: { certificates, crls: [] } };
  const verdict = verifySnp(evidence, trust as never, { reportData: "unbound" }, at);
  if (verdict.kind === "refused") {
    throw new Error(verdict.reason);
  }
  return verdict.claims;
}

/** Microcode 0xdb is the first of Milan without EntrySign; SNP firmware 24 is the first without BadRAM and RMPocalypse. */
const rules: SnpRules = {
  ...{ debug: "refuse", migrationAgent: "refuse", vmpls: [0], deniedChips: [] },
  floors: {
    Milan: { fmc: 0, bootLoader: 4, tee: 0, snp: 24, microcode: 0xdb },
    Genoa: "refuse",
    Turin: "refuse",
  },
  ...{ providers: "unbound", aliasCheck: "required", unknownPolicyBits: 0n },
};

const tcb = (snp: number, microcode: number) => Uint8Array.of(4, 0, 0, 0, 0, 0, snp, microcode);

describe("10.2: platforms that are authentic and broken", () => {
  it.each<[string, string, AmdReportRequest]>([
    [
      "EntrySign: microcode that loads forged microcode",
      "tcb-out-of-date",
      { reportedTcb: tcb(24, 0xda) },
    ],
    ["CacheWarp: microcode with stale memory", "tcb-out-of-date", { reportedTcb: tcb(24, 0xd0) }],
    ["RMPocalypse: firmware with a race", "tcb-out-of-date", { reportedTcb: tcb(23, 0xdb) }],
    ["BadRAM: memory that was not searched for aliases", "policy-denied", { platformInfo: 0x01n }],
    [
      "rollback: firmware that the host may load again",
      "tcb-out-of-date",
      { committedTcb: tcb(24, 0xda) },
    ],
    ["a debugger", "policy-denied", { policy: 0xb0000n }],
    ["a migration agent", "policy-denied", { policy: 0x70000n }],
    ["a report that was asked for at another privilege level", "policy-denied", { vmpl: 3 }],
  ])("%s: %s", (_, refusal, request) => {
    expect(appraiseSnp(factsOf({}), rules)).toBeUndefined();
    expect(appraiseSnp(factsOf(request), rules)).toMatchObject({ class: refusal });
  });

  it("seeds that were extracted (Milan): a product is refused as a whole, or chip by chip", () => {
    const facts = factsOf({});
    const floors = { ...rules.floors, Milan: "refuse" as const };
    expect(appraiseSnp(facts, { ...rules, floors })).toMatchObject({ class: "policy-denied" });
    const deniedChips = ["c1".repeat(64)];
    expect(appraiseSnp(facts, { ...rules, deniedChips })).toMatchObject({ class: "policy-denied" });
  });

  it("an id key that anybody can make: its digest is a claim, its presence is nothing", () => {
    const bytes = { 224: new Uint8Array(48).fill(0x1d), 72: Uint8Array.of(1) };
    const plain = toSnpClaims(factsOf({}));
    const signed = toSnpClaims(factsOf({ bytes }));
    const differing = Object.keys(signed).filter((name) => signed[name] !== plain[name]);
    expect(differing).toEqual(["x-ms-sevsnpvm-idkeydigest"]);
  });

  it("host data that the host chose: a claim for whoever computes what it has to be, and nothing else", () => {
    const plain = toSnpClaims(factsOf({}));
    const chosen = toSnpClaims(factsOf({ bytes: { 192: new Uint8Array(32).fill(0xd7) } }));
    const differing = Object.keys(chosen).filter((name) => chosen[name] !== plain[name]);
    expect(differing).toEqual(["x-ms-sevsnpvm-hostdata"]);
    expect(chosen["x-ms-sevsnpvm-hostdata"]).toBe("d7".repeat(32));
  });

  it("a service TD that is bound is a claim that names it, for a policy to know", () => {
    const quote = { signed: (bytes: Buffer) => bytes.fill(0x5e, 54 + 600, 54 + 648) };
    const verdict = verifyEvidence(mintIntelEvidence({ quote }));
    expect(verdict.kind === "verified" && toDcapClaims(verdict.claims)).toMatchObject({
      "x-strongroom-tdx-migratable": false,
      "x-strongroom-tdx-mrservicetd": "5e".repeat(48),
    });
  });
});
