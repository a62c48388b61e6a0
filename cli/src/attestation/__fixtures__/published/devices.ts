// SPDX-License-Identifier: Apache-2.0
/** Reports of NVIDIA's devices. */

import { endorsed, type Row } from "./row.ts";

const nvidia = "nvidia/NVIDIA__attestation-sdk";
const hopper = `${nvidia}/sample_attestation_data__gpu__hopper`;
const coco1 = "nvidia/confidential-containers__trustee/hopper_coco";
const genuine = ["measurements-unappraised", "revocation-unchecked"];
const ofHold = ["--nonce", "931d8dd0add203ac3d8b4fbde75e115278eefcdceac5b87671a748f32364dfcb"];

/** The rows. No response of NVIDIA's responder is published. */
export const devices: readonly Row[] = [
  // A report of an older driver's, which does not name the firmware.
  [
    ...(["nras", `${hopper}AttestationReport.txt`] as const),
    endorsed(`${hopper}CertChain.txt`),
    [...genuine, "firmware-unnamed"],
  ],
  // What has expired or is on hold is the certificate of the driver's reference values; the devices' chains are in force.
  [
    ...(["nras", `${hopper}AttestationReportExpired.txt`] as const),
    [...endorsed(`${hopper}CertChainExpired.txt`), ...ofHold],
    genuine,
  ],
  ["nras", `${nvidia}/hopper_evidence_cert_hold.json`, ofHold, genuine],
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
