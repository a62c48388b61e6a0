// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { utf8 } from "@strongroom/core";
import { openVectors } from "../__fixtures__/vectors.ts";
import { amdRoots } from "../snp/amd-roots.ts";
import { readAmdEndorsements } from "../snp/read-amd-endorsements.ts";
import { toSnpClaims } from "../snp/snp-claims.ts";
import { toAzureClaims } from "./azure-claims.ts";
import { parseHclReport } from "./parse-hcl-report.ts";
import { readAzureEvidence } from "./read-azure-evidence.ts";
import { verifyAzureVtpm } from "./verify-azure-vtpm.ts";
import { checkTdReport, snpHardware } from "./verify-hardware.ts";

const vectors = openVectors(process.env["STRONGROOM_VECTORS"]);
const withVectors = vectors === undefined ? describe.skip : describe;
const bytes = (path: string) => vectors?.bytes(path) ?? new Uint8Array();

const trustee = "azure-vtpm/confidential-containers__trustee";
const other = "azure-vtpm/confidential-dot-ai__attestation-rs";
const kinvolk = "azure-vtpm/kinvolk__azure-cvm-tooling";
const chain = "roots/amd/google__go-sev-guest/ask_ark_milan.pem";

function hardwareOf(...endorsements: readonly Uint8Array[]) {
  const read = [...endorsements, bytes(chain)].map(readAmdEndorsements);
  const certificates = read.flatMap((one) => one.certificates);
  const trust = { roots: amdRoots, revocation: "if-given" } as const;
  return snpHardware({ certificates, crls: [] }, trust, new Date("2025-06-01T00:00:00Z"));
}

const expected = { userData: "unbound", requiredPcrs: { sha256: [0, 4, 7] } } as const;

withVectors("published evidence of Azure's confidential machines", () => {
  it.each([
    `${trustee}/evidence-v0.json`,
    `${trustee}/evidence-v1.json`,
    `${other}/evidence-v1.json`,
  ])("%s is authentic, and refused for another challenge", (path) => {
    const found = readAzureEvidence(bytes(path));
    const key = found.vcek ?? new Uint8Array();
    const isChallenge = path.startsWith(trustee);
    const extraData = isChallenge ? utf8("challenge") : ("unbound" as const);
    const verdict = verifyAzureVtpm(found.evidence, hardwareOf(key), { ...expected, extraData });
    expect(verdict).toMatchObject({
      kind: "verified",
      claims: { binding: isChallenge ? "bound" : "unbound" },
    });
    if (verdict.kind === "verified") {
      const claims = toAzureClaims(verdict.claims, toSnpClaims(verdict.claims.hardware));
      expect(claims).toMatchObject({
        "x-ms-attestation-type": "azurevm",
        "x-ms-azurevm-attested-pcrs": Array.from({ length: 24 }, (_, index) => index),
        "x-ms-isolation-tee": {
          "x-ms-attestation-type": "sevsnpvm",
          "x-ms-sevsnpvm-is-debuggable": false,
          "x-ms-runtime": { "vm-configuration": { "tpm-enabled": true } },
        },
        "x-strongroom-class": "hardware",
      });
    }
    const another = { ...expected, extraData: utf8("another") };
    expect(verifyAzureVtpm(found.evidence, hardwareOf(key), another)).toMatchObject({
      class: "binding-mismatch",
    });
  });

  it("evidence-v1.json is not of the chip of imds-vcek.der", () => {
    const { evidence } = readAzureEvidence(bytes(`${other}/evidence-v1.json`));
    const hardware = hardwareOf(bytes(`${other}/imds-vcek.der`));
    const unbound = { ...expected, extraData: "unbound" } as const;
    expect(verifyAzureVtpm(evidence, hardware, unbound)).toMatchObject({ class: "bad-signature" });
  });

  it.each(["v0", "v1"])("tdx__evidence-%s.json has the report of its quote", (version) => {
    const { evidence, tdQuote } = readAzureEvidence(
      bytes(`${trustee}/tdx__evidence-${version}.json`),
    );
    const report = parseHclReport(evidence.hclReport);
    const body = tdQuote?.slice(48, 48 + 584) ?? new Uint8Array();
    expect(report).toMatchObject({ isBound: true, hardware: { kind: "tdx" } });
    expect(checkTdReport(report.hardware.report, body)).toBeUndefined();
    for (const at of [120, 519, 520, 583]) {
      const changed = body.map((byte, index) => (index === at ? byte ^ 1 : byte));
      expect(checkTdReport(report.hardware.report, changed)?.class).toBe("binding-mismatch");
    }
    const verdict = verifyAzureVtpm(evidence, () => ({ kind: "verified", claims: {} }), {
      ...expected,
      extraData: utf8("challenge"),
    });
    expect(verdict.kind).toBe("verified");
  });

  it("hcl-report-snp.bin is bound, and of another chip than certs.pem", () => {
    const { hardware, isBound } = parseHclReport(bytes(`${kinvolk}/hcl-report-snp.bin`));
    expect(isBound).toBe(true);
    expect(hardwareOf(bytes(`${kinvolk}/certs.pem`))(hardware)).toMatchObject({
      class: "bad-signature",
    });
  });

  it("hcl-report-tdx.bin is bound to the runtime data of var-data.bin", () => {
    const { runtimeData, isBound } = parseHclReport(bytes(`${kinvolk}/hcl-report-tdx.bin`));
    expect(isBound).toBe(true);
    expect(runtimeData.length).toBeGreaterThan(1000);
  });
});
