// SPDX-License-Identifier: Apache-2.0
/** Reports of NVIDIA's devices. */

import { endorsed, type Row } from "./row.ts";

const nvidia = "nvidia/NVIDIA__attestation-sdk";
const hopper = `${nvidia}/sample_attestation_data__gpu__hopper`;
const coco1 = "nvidia/confidential-containers__trustee/hopper_coco";
const genuine = ["measurements-unappraised", "revocation-unchecked"];
const nvtrust = "nvidia/NVIDIA__nvtrust";
const byReport = `${hopper}AttestationReport.txt`;
const rims = `${nvidia}/sample_rims__NV`;
// Signers of reference values have certificates of two years.
const at = (date: string) => ["--at", `${date}T00:00:00Z`];
const ofHold = ["--nonce", "931d8dd0add203ac3d8b4fbde75e115278eefcdceac5b87671a748f32364dfcb"];

/** The rows. No response of NVIDIA's responder is published, nor are the reference values of the driver that is on hold. */
export const devices: readonly Row[] = [
  // A report of an older driver's, which does not name the firmware.
  [
    ...(["nras", `${hopper}AttestationReport.txt`] as const),
    endorsed(`${hopper}CertChain.txt`),
    [...genuine, "firmware-unnamed"],
  ],
  // What has expired or is on hold is the certificate of the driver's reference values, which are not in the evidence.
  [
    ...(["nras", `${hopper}AttestationReportExpired.txt`] as const),
    [...endorsed(`${hopper}CertChainExpired.txt`), ...ofHold],
    genuine,
  ],
  ["nras", `${nvidia}/hopper_evidence_cert_hold.json`, ofHold, genuine],
  ...referenced(),
  [
    ...(["nras", `${hopper}AttestationReportInvalidSignature.txt`] as const),
    endorsed(`${hopper}CertChain.txt`),
    "bad-signature",
  ],
  ["nras", `${hopper}AttestationReport.txt`, [], "endorsements-unavailable"],
  [
    ...(["nras", `${coco1}_report1.txt`] as const),
    endorsed(`${coco1}_certs1.txt`),
    [...genuine, "trailing-bytes"],
  ],
  [
    ...(["nras", `${nvidia}/multi_gpu_hopper.json`] as const),
    ["--nonce", "e97b23a1718095a0e9e35edca810768c70a6a5a389b705e753b197912bc11576"],
    genuine,
  ],
  [
    ...(["nras", `${nvidia}/hopper_evidence.json`] as const),
    ["--nonce", "00".repeat(32)],
    "binding-mismatch",
  ],
  [
    ...(["nras", "nvidia/NVIDIA__nvtrust/ppcie_switch_evidence.json"] as const),
    ...([[], [...genuine, "firmware-unnamed"]] as const),
  ],
  ["nras", "nvidia/NVIDIA__nvtrust/ppcie_gpu_evidence.json", [], genuine],
];

/** Reference values for a device of their version. Of no device those of both its driver and its VBIOS are published. */
function referenced(): readonly Row[] {
  const chain = `${hopper}CertChain.txt`;
  const gpu = (rim: string, date: string, refusal: string): Row => [
    ...(["nras", byReport] as const),
    [...endorsed(chain, rim), ...at(date)],
    refusal,
  ];
  const switches = (rim: string): Row => [
    ...(["nras", `${nvtrust}/ppcie_switch_evidence.json`] as const),
    [...endorsed(rim), ...at("2025-06-01")],
    "bad-signature",
  ];
  return [
    [
      ...(["nras", `${hopper}AttestationReportExpired.txt`] as const),
      endorsed(`${hopper}CertChainExpired.txt`, `${rims}_GPU_DRIVER_GH100_570.124.03_expired.xml`),
      "expired",
    ],
    gpu(
      `${rims}_GPU_DRIVER_GH100_535.86.09_measurement_mismatch.xml`,
      "2026-06-01",
      "bad-signature",
    ),
    gpu(
      `${rims}_GPU_VBIOS_1010_0200_882_96005E0001_measurement_mismatch.xml`,
      "2025-06-01",
      "policy-denied",
    ),
    gpu(
      `${nvtrust}/1010_0200_882_96005E0001_PROD.swidtag`,
      "2025-06-01",
      "endorsements-unavailable",
    ),
    gpu(`${nvtrust}/1010_0200_882_96005E0001_test_no_gpu.swidtag`, "2025-06-01", "policy-denied"),
    gpu(`${nvidia}/NV_GPU_DRIVER_GH100_550.144.03.xml`, "2025-06-01", "endorsements-unavailable"),
    gpu(`${nvidia}/incorrect_signature_driver_rim.xml`, "2026-06-01", "bad-signature"),
    gpu(`${nvidia}/incorrect_cert_chain_driver_rim.xml`, "2026-06-01", "untrusted-chain"),
    switches(`${rims}_SWITCH_BIOS_5612_0002_890_9610550001_invalid_signature.xml`),
    switches(`${rims}_SWITCH_BIOS_5612_0002_890_9610550001_measurement_mismatch.xml`),
  ];
}
