// SPDX-License-Identifier: Apache-2.0
/** SEV-SNP reports. */

import { at, endorsed, milan, old, type Row } from "./row.ts";

const milanVlek = "roots/amd/google__go-sev-guest/ask_ark_milan_vlek.pem";
const coco = "snp/confidential-containers__trustee";
const sidecar = "snp/microsoft__confidential-sidecar-containers";
const automata = "snp/automata-network__amd-sev-snp-attestation-sdk";
const google = "snp/google__go-sev-guest";

/** The rows. */
export const snp: readonly Row[] = [
  ["snp", `${google}/attestation.bin`, endorsed(`${google}/vcek.testcer`, milan), "policy-denied"],
  [
    ...(["snp", `${google}/attestation.bin`] as const),
    [...endorsed(`${google}/vcek.testcer`, milan), "--allow-debug"],
    [...old, "debug"],
  ],
  [
    ...(["snp", "snp/virtee__sev/report_milan.hex"] as const),
    endorsed("snp/virtee__sev/vcek_milan.der", milan),
    old,
  ],
  ["snp", `${coco}/test-report.bin`, endorsed(`${coco}/test-vcek.der`, milan), old],
  [
    ...(["snp", `${coco}/test-report.bin`] as const),
    [...endorsed(`${coco}/test-vcek.der`), "--trust-root", milan],
    old,
  ],
  [
    ...(["snp", `${coco}/test-report.bin`] as const),
    endorsed(`${coco}/test-vcek.der`),
    "endorsements-unavailable",
  ],
  [
    ...(["snp", `${coco}/test-report.bin`] as const),
    [...endorsed(`${coco}/test-vcek.der`, milan), "--nonce", "00"],
    "binding-mismatch",
  ],
  [
    ...(["snp", `${coco}/test-report.bin`] as const),
    [
      ...endorsed(`${coco}/test-vcek.der`, milan),
      ...["--report-data", "ec6c52d7533cc2c4f45be7849cf112ab82b2009fe7bd43e71ed08c14400ad7e2"],
    ],
    old,
  ],
  ...["legacy", "new"].map(
    (form): Row => [
      ...(["snp", `${coco}/test-report.bin`] as const),
      endorsed(`${coco}/test-vcek-invalid-${form}.der`, milan),
      "untrusted-chain",
    ],
  ),
  [
    ...(["snp", `${coco}/test-vlek-report.bin`] as const),
    [...endorsed(`${coco}/test-vlek.der`, milanVlek), ...at("2025-06-01T00:00:00Z")],
    ["revocation-unchecked"],
  ],
  [
    ...(["snp", `${coco}/test-vlek-report.bin`] as const),
    [...endorsed(`${coco}/test-vlek.der`, milanVlek), ...at("2026-01-01T00:00:00Z")],
    "expired",
  ],
  ...["pem", "json"].map(
    (form): Row => [
      ...(["snp", `${sidecar}/snp_report.bin`] as const),
      endorsed(`${sidecar}/uvm_host_amd_certificate.${form}`),
      old,
    ],
  ),
  [
    ...(["snp", `${sidecar}/neg_CorruptedProductionSNPReportBytes.bin`] as const),
    endorsed(`${sidecar}/uvm_host_amd_certificate.pem`),
    "malformed",
  ],
  [
    ...(["snp", `${sidecar}/neg_CorruptedProductionSigSNPReportBytes.bin`] as const),
    endorsed(`${sidecar}/uvm_host_amd_certificate.pem`),
    "bad-signature",
  ],
  ["snp", `${automata}/sevagenttest_zk_output.bin`, [], "malformed"],
  ["snp", `${automata}/zk_risc0_output.json`, [], "endorsements-unavailable"],
  // The certificate of its key is in it, beside the report; the other one is of another chip.
  ["snp", `${automata}/zk_risc0_output.json`, endorsed(milan), old],
  [
    ...(["snp", `${automata}/zk_risc0_output.json`] as const),
    endorsed(`${automata}/risc0_vcek.pem`, milan),
    old,
  ],
  ["snp", `${sidecar}/serialize_test_report.bin`, [], "malformed"],
  ["snp", `${sidecar}/platform_cert_fetcher_test_report.bin`, [], "endorsements-unavailable"],
];
