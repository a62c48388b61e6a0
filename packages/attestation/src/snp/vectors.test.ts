// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { toHex } from "@strongroom/core";
import { openVectors } from "../__fixtures__/vectors.ts";
import { parseCertificate } from "../x509/certificate.ts";
import { readAmdLeaf } from "./amd-certificate.ts";
import { amdRoots } from "./amd-roots.ts";
import { appraiseSnp, type SnpRules } from "./appraise-snp.ts";
import { readGuestPolicy } from "./guest-policy.ts";
import { parseSnpReport } from "./parse-snp-report.ts";
import { readAmdEndorsements } from "./read-amd-endorsements.ts";
import { readSnpReport } from "./read-snp-report.ts";
import { verifySnp } from "./verify-snp-report.ts";

const vectors = openVectors(process.env["STRONGROOM_VECTORS"]);
const withVectors = vectors === undefined ? describe.skip : describe;
const bytes = (path: string) => vectors?.bytes(path) ?? new Uint8Array();

const google = "snp/google__go-sev-guest";
const trustee = "snp/confidential-containers__trustee";
const microsoft = "snp/microsoft__confidential-sidecar-containers";
const chains = {
  milan: "roots/amd/google__go-sev-guest/ask_ark_milan.pem",
  milanVlek: "roots/amd/google__go-sev-guest/ask_ark_milan_vlek.pem",
} as const;

const rules: SnpRules = {
  debug: "refuse",
  migrationAgent: "refuse",
  vmpls: [0],
  floors: { Milan: "unbound", Genoa: "unbound", Turin: "unbound" },
  deniedChips: [],
  providers: "unbound",
  aliasCheck: "unbound",
  unknownPolicyBits: 0n,
};

function check(report: string, endorsements: readonly string[], at = "2025-06-01T00:00:00Z") {
  const read = endorsements.map((path) => readAmdEndorsements(bytes(path)));
  const evidence = {
    report: readSnpReport(bytes(report)).report,
    endorsements: {
      certificates: read.flatMap(({ certificates }) => certificates),
      crls: read.flatMap(({ crls }) => crls),
    },
  };
  const trust = { roots: amdRoots, revocation: "if-given" } as const;
  return verifySnp(evidence, trust, { reportData: "unbound" }, new Date(at));
}

const invalidKeys = ["test-vcek-invalid-legacy.der", "test-vcek-invalid-new.der"];
const corrupted = `${microsoft}/neg_CorruptedProductionS`;

withVectors("published SEV-SNP reports", () => {
  it.each([
    [`${google}/attestation.bin`, [`${google}/vcek.testcer`, chains.milan], "policy-denied"],
    [
      "snp/virtee__sev/report_milan.hex",
      ["snp/virtee__sev/vcek_milan.der", chains.milan],
      undefined,
    ],
    [`${trustee}/test-report.bin`, [`${trustee}/test-vcek.der`, chains.milan], undefined],
    [
      `${trustee}/test-vlek-report.bin`,
      [`${trustee}/test-vlek.der`, chains.milanVlek],
      "policy-denied",
    ],
    [`${microsoft}/snp_report.bin`, [`${microsoft}/uvm_host_amd_certificate.json`], undefined],
    [`${microsoft}/snp_report.bin`, [`${microsoft}/uvm_host_amd_certificate.pem`], undefined],
  ])("%s is authentic under %j; rules: %s", (report, endorsements, refusal) => {
    const verdict = check(report, endorsements);
    expect(verdict).toMatchObject({ kind: "verified", claims: { findings: [] } });
    const facts = verdict.kind === "verified" ? verdict.claims : undefined;
    expect(facts && appraiseSnp(facts, rules)?.class).toBe(refusal);
  });

  it.each([
    ...invalidKeys.map((key) => ["test-report.bin", key, chains.milan, "untrusted-chain"] as const),
    ["test-vlek-report.bin", "test-vlek.der", chains.milan, "endorsements-unavailable"],
  ] as const)("%s is refused with %s and %s: %s", (report, key, chain, refusal) => {
    expect(check(`${trustee}/${report}`, [`${trustee}/${key}`, chain])).toMatchObject({
      class: refusal,
    });
  });

  it("snp_report.bin is not of the chip of host-amd-cert-base64", () => {
    const endorsements = [`${microsoft}/host-amd-cert-base64`];
    expect(check(`${microsoft}/snp_report.bin`, endorsements)).toMatchObject({
      class: "bad-signature",
    });
  });

  it("test-vlek-report.bin has expired in 2026", () => {
    const endorsements = [`${trustee}/test-vlek.der`, chains.milanVlek];
    const late = "2026-01-01T00:00:00Z";
    expect(check(`${trustee}/test-vlek-report.bin`, endorsements, late)).toMatchObject({
      class: "expired",
    });
  });

  it.each([
    [`${corrupted}NPReportBytes.bin`, "malformed"],
    [`${corrupted}igSNPReportBytes.bin`, "bad-signature"],
    [`${microsoft}/serialize_test_report.bin`, "malformed"],
  ])("%s is refused: %s", (report, refusal) => {
    const endorsements = [`${microsoft}/uvm_host_amd_certificate.json`];
    expect(check(report, endorsements)).toMatchObject({ class: refusal });
  });

  it("snp_report.bin has the digest of its security policy for host data", () => {
    const { hostData } = parseSnpReport(bytes(`${microsoft}/snp_report.bin`));
    const text = Buffer.from(bytes(`${microsoft}/uvm_security_policy.base64`)).toString();
    const policy = Buffer.from(text, "base64");
    expect(toHex(hostData)).toBe(createHash("sha256").update(policy).digest("hex"));
  });

  it("vcek_turin.der names the chip in eight bytes, and its FMC", () => {
    expect(readAmdLeaf(parseCertificate(bytes("snp/virtee__sev/vcek_turin.der")))).toMatchObject({
      product: "Turin",
      holder: { kind: "vcek", hwId: Uint8Array.of(0x1e, 0x55, 0x0a, 0x8e, 0xe5, 0xcf, 0x9f, 0x4d) },
      tcb: Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 9),
    });
  });

  it.each(["vcek.der", "risc0_vcek.pem"])("%s is a key of a chip of Milan", (name) => {
    const path = `snp/automata-network__amd-sev-snp-attestation-sdk/${name}`;
    const [leaf] = readAmdEndorsements(bytes(path)).certificates;
    expect(leaf && readAmdLeaf(parseCertificate(leaf))).toMatchObject({
      product: "Milan",
      holder: { kind: "vcek" },
    });
  });

  const fields: Readonly<Record<string, Readonly<Record<string, unknown>>>> = JSON.parse(
    vectors?.text("EXPECTED.fields.json") ?? '{"snp":{}}',
  ).snp;

  const duplicates = new Set<string>(
    JSON.parse(vectors?.text("MANIFEST.json") ?? "[]").flatMap(
      ({ file, dupOf }: { readonly file: string; readonly dupOf?: string }) =>
        dupOf ? [file] : [],
    ),
  );
  const supported = Object.entries(fields).filter(
    ([path, expected]) => !duplicates.has(path) && Number(expected["version"]) >= 2,
  );

  it.each(supported)("%s has the fields that an independent reader found", (path, expected) => {
    const report = parseSnpReport(readSnpReport(bytes(path)).report);
    expect({
      version: report.version,
      guestSvn: report.guestSvn,
      policy: `0x${report.policy.toString(16)}`,
      vmpl: report.vmpl,
      currentTcb: toHex(report.currentTcb),
      platformInfo: `0x${report.platformInfo.toString(16)}`,
      reportData: toHex(report.reportData),
      measurement: toHex(report.measurement),
      hostData: toHex(report.hostData),
      idKeyDigest: toHex(report.idKeyDigest),
      authorKeyDigest: toHex(report.authorKeyDigest),
      reportId: toHex(report.reportId),
      reportIdMa: toHex(report.migrationAgentReportId),
      reportedTcb: toHex(report.reportedTcb),
      chipId: toHex(report.chipId),
      committedTcb: toHex(report.committedTcb),
      currentVer: report.currentFirmware,
    }).toMatchObject(
      Object.fromEntries(
        Object.entries(expected).filter(([name]) =>
          [
            ..."version guestSvn policy vmpl currentTcb platformInfo reportData measurement".split(
              " ",
            ),
            ..."hostData idKeyDigest authorKeyDigest reportId reportIdMa reportedTcb".split(" "),
            ..."chipId committedTcb currentVer".split(" "),
          ].includes(name),
        ),
      ),
    );
    expect(readGuestPolicy(report.policy).isValid).toBe(true);
  });
});
