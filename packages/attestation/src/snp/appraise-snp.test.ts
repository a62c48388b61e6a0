// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { toHex } from "@strongroom/core";
import { type AmdReportRequest, createAmdVendor, makeAmdReport } from "@strongroom/testing";
import { appraiseSnp, type SnpRules } from "./appraise-snp.ts";
import { toSnpClaims } from "./snp-claims.ts";
import type { SnpFacts } from "./verify-snp-report.ts";
import { verifySnp } from "./verify-snp-report.ts";

const vendors = { Milan: createAmdVendor("Milan"), Turin: createAmdVendor("Turin") };

function factsOf(
  report: AmdReportRequest,
  product: keyof typeof vendors = "Milan",
  kind: "vcek" | "vlek" = "vcek",
): SnpFacts {
  const vendor = vendors[product];
  const { ark, ask, asvk } = vendor.fingerprints;
  const root = { name: "test", class: "software" as const, product, ark, ask: [ask], asvk: [asvk] };
  const tcb = report.reportedTcb ?? vendor.chip.tcb;
  const certificates = [vendor.leaf({ kind, tcb }), vendor.ask, vendor.asvk, vendor.ark];
  const flags = kind === "vlek" ? 0x4 : 0;
  const verdict = verifySnp(
    {
      report: vendor.sign(makeAmdReport(vendor, { flags, ...report })),
      endorsements: { certificates, crls: [] },
    },
    { roots: [root], revocation: "if-given" },
    { reportData: "unbound" },
    new Date("2026-06-01T00:00:00Z"),
  );
  if (verdict.kind === "refused") {
    throw new Error(verdict.reason);
  }
  return verdict.claims;
}

const floors = {
  Milan: { fmc: 0, bootLoader: 4, tee: 0, snp: 24, microcode: 0xdb },
  Genoa: "refuse",
  Turin: { fmc: 1, bootLoader: 1, tee: 1, snp: 4, microcode: 0x47 },
} as const;

const strict: SnpRules = {
  debug: "refuse",
  migrationAgent: "refuse",
  vmpls: [0],
  floors,
  deniedChips: [],
  providers: ["CN=test.provider"],
  aliasCheck: "required",
  unknownPolicyBits: 0n,
};

const policy = (bit: bigint) => ({ policy: 0x30000n | (1n << bit) });
const tcb = (snp: number, microcode: number) => Uint8Array.of(4, 0, 0, 0, 0, 0, snp, microcode);

describe("rules about SEV-SNP", () => {
  it("accept what meets every one of them", () => {
    expect(appraiseSnp(factsOf({}), strict)).toBeUndefined();
    expect(appraiseSnp(factsOf({}, "Turin"), strict)).toBeUndefined();
    expect(appraiseSnp(factsOf({}, "Milan", "vlek"), strict)).toBeUndefined();
  });

  it.each<[string, string, AmdReportRequest, Partial<SnpRules>]>([
    ["a guest that may be debugged", "policy-denied", policy(19n), {}],
    ["a guest that an agent may migrate", "policy-denied", policy(18n), {}],
    ["a policy bit that is not known", "policy-denied", policy(26n), {}],
    ["a policy bit above 2^53", "policy-denied", policy(63n), {}],
    ["a policy without the bit that must be one", "policy-denied", { policy: 0x10000n }, {}],
    ["another privilege level", "policy-denied", { vmpl: 1 }, {}],
    ["the host's own report", "policy-denied", { vmpl: 0xffffffff }, {}],
    ["no privilege level at all", "policy-denied", {}, { vmpls: [] }],
    ["memory with aliases", "policy-denied", { platformInfo: 0x1n }, {}],
    ["a denied product", "policy-denied", {}, { floors: { ...floors, Milan: "refuse" } }],
    ["old firmware", "tcb-out-of-date", { reportedTcb: tcb(23, 0xdb) }, {}],
    [
      "old firmware with microcode that makes the number larger",
      "tcb-out-of-date",
      { reportedTcb: tcb(23, 0xff), currentTcb: tcb(24, 0xff) },
      {},
    ],
    [
      "firmware that the host can still roll back",
      "tcb-out-of-date",
      { committedTcb: tcb(23, 0xdb) },
      {},
    ],
    [
      "firmware that reports more than it runs",
      "tcb-out-of-date",
      { currentTcb: tcb(23, 0xdb) },
      {},
    ],
  ])("refuse %s: %s", (_, refusal, report, changes) => {
    expect(appraiseSnp(factsOf(report), { ...strict, ...changes })).toMatchObject({
      class: refusal,
    });
  });

  it("let through what they name", () => {
    expect(appraiseSnp(factsOf(policy(19n)), { ...strict, debug: "allow" })).toBeUndefined();
    expect(
      appraiseSnp(factsOf(policy(18n)), { ...strict, migrationAgent: "allow" }),
    ).toBeUndefined();
    expect(appraiseSnp(factsOf(policy(25n)), strict)).toBeUndefined();
    const unknownPolicyBits = 1n << 26n;
    expect(appraiseSnp(factsOf(policy(26n)), { ...strict, unknownPolicyBits })).toBeUndefined();
  });

  it("refuse a chip that is denied, masked or not, and another provider", () => {
    const deniedChips = [toHex(vendors.Milan.chip.id)];
    for (const report of [{}, { chipId: new Uint8Array(64) }]) {
      expect(appraiseSnp(factsOf(report), { ...strict, deniedChips })?.class).toBe("policy-denied");
    }
    const turin = { ...strict, deniedChips: [toHex(vendors.Turin.chip.id)] };
    expect(appraiseSnp(factsOf({}, "Turin"), turin)?.class).toBe("policy-denied");
    const providers = ["CN=another"];
    expect(appraiseSnp(factsOf({}, "Milan", "vlek"), { ...strict, providers })?.class).toBe(
      "policy-denied",
    );
  });

  it("refuse firmware below what it has committed to, whatever the floor", () => {
    const older = { currentTcb: tcb(23, 0xdb), reportedTcb: tcb(23, 0xdb) };
    const unbound = { ...strict, floors: { ...floors, Milan: "unbound" as const } };
    expect(appraiseSnp(factsOf(older), unbound)?.class).toBe("tcb-out-of-date");
  });

  it("compare Turin's security versions in Turin's order", () => {
    const old = Uint8Array.of(1, 1, 1, 4, 0, 0, 0, 0x46);
    expect(appraiseSnp(factsOf({ reportedTcb: old }, "Turin"), strict)?.class).toBe(
      "tcb-out-of-date",
    );
  });
});

describe("claims of SEV-SNP", () => {
  it("are in the order in which an audit log spells them", () => {
    const names = Object.keys(toSnpClaims(factsOf({})));
    expect(names).toEqual([...names].sort());
  });

  it("have Azure Attestation's names and forms", () => {
    const claims = toSnpClaims(factsOf({ policy: 0x30000n | (1n << 19n), vmpl: 2 }, "Turin"));
    expect(claims).toMatchObject({
      "x-ms-attestation-type": "sevsnpvm",
      "x-ms-sevsnpvm-bootloader-svn": 1,
      "x-ms-sevsnpvm-tee-svn": 1,
      "x-ms-sevsnpvm-snpfw-svn": 4,
      "x-ms-sevsnpvm-microcode-svn": 0x51,
      "x-ms-sevsnpvm-is-debuggable": true,
      "x-ms-sevsnpvm-migration-allowed": false,
      "x-ms-sevsnpvm-smt-allowed": true,
      "x-ms-sevsnpvm-vmpl": 2,
      "x-ms-sevsnpvm-launchmeasurement": "00".repeat(48),
      "x-strongroom-class": "software",
      "x-strongroom-revocation": "unbound",
      "x-strongroom-snp-fmc-svn": 1,
      "x-strongroom-tier": "tee",
    });
  });

  it("name the mitigations of firmware that tells them, from version 5 on", () => {
    const bytes = { 504: Uint8Array.of(0x1f), 512: Uint8Array.of(0x3f, 0, 0, 0, 0, 0, 0, 0x80) };
    expect(toSnpClaims(factsOf({ version: 5, bytes }, "Turin"))).toMatchObject({
      "x-strongroom-snp-mitigations": "800000000000003f",
      "x-strongroom-snp-mitigations-at-launch": "000000000000001f",
    });
    const earlier = Object.keys(toSnpClaims(factsOf({ version: 4 }, "Turin")));
    expect(earlier.filter((name) => name.includes("mitigations"))).toEqual([]);
  });
});
