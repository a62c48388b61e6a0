// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { openVectors } from "../__fixtures__/vectors.ts";
import { parseCertificate } from "../x509/certificate.ts";
import { appraiseMeasurements } from "./appraise-measurements.ts";
import { readDeviceEvidence } from "./read-device-evidence.ts";
import { readRim } from "./read-rim.ts";
import { nvidiaRoots, verifyDevice } from "./verify-device.ts";
import { nvidiaRimRoots, verifyRim } from "./verify-rim.ts";

const vectors = openVectors(process.env["STRONGROOM_VECTORS"]);
const withVectors = vectors === undefined ? describe.skip : describe;
const bytes = (path: string) => vectors?.bytes(`nvidia/${path}`) ?? new Uint8Array();
const rim = (path: string) => readRim(bytes(path)) ?? new Uint8Array();

const sdk = "NVIDIA__attestation-sdk";
const nvtrust = "NVIDIA__nvtrust";
// The signers' certificates are of two years each.
const early = new Date("2025-01-01T12:00:00Z");
const late = new Date("2025-06-01T00:00:00Z");
const later = new Date("2026-06-01T00:00:00Z");

withVectors("published reference values of nvidia", () => {
  it.each([
    [`${sdk}/NV_GPU_DRIVER_GH100_550.144.03.xml`, late, "550.144.03"],
    [`${nvtrust}/1010_0200_882_96005E0001_PROD.swidtag`, late, "96.00.5E.00.01"],
    [`${nvtrust}/1010_0200_882_96005E0001_test_no_gpu.swidtag`, late, "96.00.5E.00.01"],
    [`${nvtrust}/Driver_RIM_test_no_gpu.swidtag`, late, "545.00"],
    // Its measurements are other ones, which NVIDIA signed.
    [
      `${sdk}/sample_rims__NV_GPU_VBIOS_1010_0200_882_96005E0001_measurement_mismatch.xml`,
      ...([late, "96.00.5E.00.01"] as const),
    ],
  ])("%s is genuine at %s: %s", (path, at, version) => {
    expect(verifyRim(rim(path), nvidiaRimRoots, "unbound", at)).toMatchObject({
      kind: "verified",
      claims: { rim: { version, manufacturer: "5703" }, root: { class: "hardware" } },
    });
  });

  it.each([
    [`${sdk}/incorrect_cert_chain_driver_rim.xml`, later, "untrusted-chain"],
    [`${sdk}/incorrect_signature_driver_rim.xml`, later, "bad-signature"],
    // The version was changed in these, which NVIDIA's tests tell not to verify the signature.
    [
      `${sdk}/sample_rims__NV_GPU_DRIVER_GH100_535.86.09_measurement_mismatch.xml`,
      ...([later, "bad-signature"] as const),
    ],
    [
      `${sdk}/sample_rims__NV_SWITCH_BIOS_5612_0002_890_9610550001_measurement_mismatch.xml`,
      ...([late, "bad-signature"] as const),
    ],
    [
      `${sdk}/sample_rims__NV_SWITCH_BIOS_5612_0002_890_9610550001_invalid_signature.xml`,
      ...([late, "bad-signature"] as const),
    ],
    [`${sdk}/sample_rims__NV_GPU_DRIVER_GH100_570.124.03_expired.xml`, late, "expired"],
    [`${sdk}/sample_rims__NV_GPU_DRIVER_GH100_570.124.03_expired.xml`, early, "bad-signature"],
    [`${nvtrust}/1010_0200_882_96005E0001_PROD.swidtag`, later, "expired"],
    [`${nvtrust}/Driver_RIM_test_no_gpu.swidtag`, new Date("2023-06-01T00:00:00Z"), "expired"],
  ])("%s is refused at %s: %s", (path, at, refusal) => {
    expect(verifyRim(rim(path), nvidiaRimRoots, "unbound", at)).toMatchObject({ class: refusal });
  });

  it("are signed under the root that nvtrust and the sdk publish, and under no other of theirs", () => {
    const text = vectors?.text(`nvidia/${sdk}/trusted_certs__rim_root.crt`) ?? "";
    const [, pem = ""] = /BEGIN CERTIFICATE-----(.*)-----END/su.exec(text) ?? [];
    const root = parseCertificate(new Uint8Array(Buffer.from(pem, "base64")));
    expect(nvidiaRimRoots.map(({ fingerprint }) => fingerprint)).toEqual([root.fingerprint]);
    const driver = rim(`${sdk}/NV_GPU_DRIVER_GH100_550.144.03.xml`);
    expect(verifyRim(driver, nvidiaRoots, "unbound", late)).toMatchObject({
      class: "untrusted-chain",
    });
  });

  // Of a driver whose values are not published: what is said of it comes after what is said of the VBIOS.
  it.each([
    [`${nvtrust}/1010_0200_882_96005E0001_PROD.swidtag`, "endorsements-unavailable"],
    [`${nvtrust}/1010_0200_882_96005E0001_test_no_gpu.swidtag`, "policy-denied"],
    [
      `${sdk}/sample_rims__NV_GPU_VBIOS_1010_0200_882_96005E0001_measurement_mismatch.xml`,
      "policy-denied",
    ],
    [`${sdk}/NV_GPU_DRIVER_GH100_550.144.03.xml`, "endorsements-unavailable"],
  ])("%s for a GPU of that VBIOS: %s", (path, refusal) => {
    const chain = bytes(`${sdk}/sample_attestation_data__gpu__hopperCertChain.txt`);
    const report = bytes(`${sdk}/sample_attestation_data__gpu__hopperAttestationReport.txt`);
    const [device] = readDeviceEvidence(report, [chain]) ?? [];
    const unbound = { nonce: "unbound", revocation: "unbound" } as const;
    const verdict = device && verifyDevice(device, nvidiaRoots, unbound, late);
    const reference = verifyRim(rim(path), nvidiaRimRoots, "unbound", late);
    expect([verdict?.kind, reference.kind]).toEqual(["verified", "verified"]);
    expect(
      verdict?.kind === "verified" &&
        reference.kind === "verified" &&
        appraiseMeasurements(verdict.claims, [reference.claims]),
    ).toMatchObject({ class: refusal });
  });
});
