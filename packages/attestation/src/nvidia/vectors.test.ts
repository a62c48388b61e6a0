// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { fromHex } from "@strongroom/core";
import { openVectors } from "../__fixtures__/vectors.ts";
import { parseCertificate } from "../x509/certificate.ts";
import { toDeviceClaims } from "./device-claims.ts";
import { readDeviceEvidence } from "./read-device-evidence.ts";
import { nvidiaRoots, verifyDevice } from "./verify-device.ts";

const vectors = openVectors(process.env["STRONGROOM_VECTORS"]);
const withVectors = vectors === undefined ? describe.skip : describe;
const bytes = (path: string) => vectors?.bytes(`nvidia/${path}`) ?? new Uint8Array();
const at = new Date("2026-06-01T00:00:00Z");

// No response of NVIDIA's responder is published.
const unbound = { nonce: "unbound", revocation: "unbound" } as const;

const sdk = "NVIDIA__attestation-sdk";
const trustee = "confidential-containers__trustee";

withVectors("published reports of nvidia devices", () => {
  it.each([
    [`${sdk}/hopperAttestationReport.txt`, `${sdk}/hopperCertChain.txt`, "checked"],
    // Reports of older drivers do not name the firmware.
    [
      `${sdk}/sample_attestation_data__gpu__hopperAttestationReport.txt`,
      `${sdk}/sample_attestation_data__gpu__hopperCertChain.txt`,
      "unnamed",
    ],
    [
      "NVIDIA__nvtrust/hopperAttestationReport.txt",
      "NVIDIA__nvtrust/hopperCertChain.txt",
      "checked",
    ],
    [`${trustee}/hopper_coco_report1.txt`, `${trustee}/hopper_coco_certs1.txt`, "checked"],
    [
      `${trustee}/blackwellAttestationReport.txt`,
      `${trustee}/blackwell_cert_chain_case1.txt`,
      "checked",
    ],
    [
      `${sdk}/sample_attestation_data__gpu__hopperAttestationReportInvalidSignature.txt`,
      `${sdk}/sample_attestation_data__gpu__hopperCertChain.txt`,
      "bad-signature",
    ],
    [
      `${sdk}/sample_attestation_data__gpu__hopperAttestationReport.txt`,
      `${sdk}/sample_attestation_data__gpu__hopperCertChainExpired.txt`,
      "bad-signature",
    ],
    [
      `${trustee}/blackwellAttestationReport.txt`,
      `${trustee}/blackwell_cert_chain_case2.txt`,
      "untrusted-chain",
    ],
    [
      `${trustee}/blackwellAttestationReport.txt`,
      `${trustee}/blackwell_cert_chain_case3.txt`,
      "untrusted-chain",
    ],
    [
      `${trustee}/hopper_coco_report1.txt`,
      `${trustee}/hopper_cert_chain_case3.txt`,
      "untrusted-chain",
    ],
    [
      `${trustee}/hopper_coco_report1.txt`,
      `${trustee}/hopper_cert_chain_case4.txt`,
      "untrusted-chain",
    ],
    // What has expired is the certificate of its driver's reference values: the device's own chain has not.
    [
      `${sdk}/sample_attestation_data__gpu__hopperAttestationReportExpired.txt`,
      `${sdk}/sample_attestation_data__gpu__hopperCertChainExpired.txt`,
      "checked",
    ],
  ])("%s with %s: %s", (report, chain, outcome) => {
    const [device] = readDeviceEvidence(bytes(report), [bytes(chain)]) ?? [];
    const verdict = device && verifyDevice(device, nvidiaRoots, unbound, at);
    expect(verdict).toMatchObject(
      outcome === "checked" || outcome === "unnamed"
        ? { kind: "verified", claims: { firmware: outcome } }
        : { kind: "refused", class: outcome },
    );
  });

  // NVIDIA's tests refuse both for the certificate of the driver's reference values, which is not in the evidence:
  // that of 570.124.03 has expired, that of 570.86.10 is on hold. The devices' own certificates have no end.
  it.each([
    [
      `${sdk}/sample_attestation_data__gpu__hopperAttestationReportExpired.txt`,
      [`${sdk}/sample_attestation_data__gpu__hopperCertChainExpired.txt`],
    ],
    [`${sdk}/hopper_evidence_cert_hold.json`, []],
  ])("%s has a chain without end, and is not verified with nobody asked", (path, chains) => {
    const [device] = readDeviceEvidence(bytes(path), chains.map(bytes)) ?? [];
    const ends = device?.certificates.map((one) => parseCertificate(one).notAfter.getUTCFullYear());
    expect(ends).toEqual([9999, 9999, 9999, 9999, 9999]);
    const verdict = device && verifyDevice(device, nvidiaRoots, { ...unbound, revocation: [] }, at);
    expect(verdict).toMatchObject({ kind: "refused", class: "endorsements-unavailable" });
  });

  it.each([
    [`${sdk}/hopper_evidence.json`, 1, "checked"],
    [`${sdk}/evidence_hopper_590_12.json`, 1, "checked"],
    [`${sdk}/multi_gpu_hopper.json`, 4, "checked"],
    [`${sdk}/hopper_evidence_cert_hold.json`, 1, "checked"],
    ["NVIDIA__nvtrust/ppcie_gpu_evidence.json", 8, "checked"],
    ["NVIDIA__nvtrust/ppcie_switch_evidence.json", 4, "unnamed"],
    ["veraison__services/blackwell-evidence.json", 1, "checked"],
  ])(
    "%s has %i devices, each bound to the nonce that stands beside it",
    (path, count, firmware) => {
      const devices = readDeviceEvidence(bytes(path), []) ?? [];
      const nonces = JSON.parse(vectors?.text(`nvidia/${path}`) ?? "[]");
      expect(devices).toHaveLength(count);
      for (const [index, device] of devices.entries()) {
        const nonce = fromHex(nonces[index].nonce);
        const verdict = verifyDevice(device, nvidiaRoots, { ...unbound, nonce }, at);
        expect(verdict).toMatchObject({ kind: "verified", claims: { firmware, binding: "bound" } });
        expect(verdict.kind === "verified" && toDeviceClaims(verdict.claims)).toMatchObject({
          eat_nonce: nonces[index].nonce,
          hwmodel: expect.stringMatching(/^(?:G[HB]100|LS_10) A01 [FG]SP BROM$/u),
          [firmware === "unnamed" ? "x-nvidia-switch-bios-version" : "x-nvidia-gpu-vbios-version"]:
            nonces[index].vbios_version ?? expect.stringMatching(/^9[678]\./u),
          "x-strongroom-class": "hardware",
        });
      }
    },
  );
});
