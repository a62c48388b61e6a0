// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { utf8 } from "@strongroom/core";
import { createNvidiaVendor, createRimVendor, pemOf, type RimRequest } from "@strongroom/testing";
import { verifyNrasEvidence } from "./verify-nras-evidence.ts";

const vendor = createNvidiaVendor();
const { report, certificates } = vendor.device();
const chain = utf8(certificates.map((one) => pemOf("CERTIFICATE", one)).join(""));
const root = certificates.at(-1) ?? new Uint8Array();
const base64 = (bytes: Uint8Array) => utf8(Buffer.from(bytes).toString("base64"));
const device = { evidence: base64(report), certificate: base64(chain) };
const json = utf8(
  JSON.stringify([
    Object.fromEntries(
      Object.entries(device).map(([name, value]) => [name, Buffer.from(value).toString()]),
    ),
  ]),
);

const manifests = createRimVendor();
const vbios = { version: "96.00.A5.00.01", values: [[0, [new Uint8Array(48).fill(1)]]] } as const;
const rims = (driver: RimRequest = {}) => [manifests.rim(driver), manifests.rim(vbios)];

function answer(
  endorsements: readonly Uint8Array[],
  evidence: Uint8Array = report,
  trustRoots: readonly Uint8Array[] = [root, manifests.root],
) {
  return verifyNrasEvidence({
    ...{ evidence, endorsements, trustRoots },
    ...{ binding: undefined, at: new Date("2026-06-01T00:00:00Z"), allowDebug: false },
  });
}
const usual = ["binding-unchecked", "measurements-unappraised"];

describe("an nvidia device's report on the command line", () => {
  it("verifies with its chain and a response of the responder's, in DER or base64", () => {
    const good = vendor.revocation();
    expect(answer([chain, good])).toMatchObject({ verified: true, findings: usual });
    expect(answer([base64(good), ...certificates])).toMatchObject({
      ...{ verified: true, findings: usual },
    });
    expect(answer([good], json)).toMatchObject({ verified: true, findings: usual });
  });

  it("is refused by what the responder says", () => {
    const hold = vendor.revocation({ status: "hold" });
    expect(answer([chain, hold])).toMatchObject({ refusal: "revoked" });
    expect(answer([hold], json)).toMatchObject({ refusal: "revoked" });
  });

  it("says that nobody was asked where no response was brought", () => {
    const unasked = { verified: true, findings: [...usual, "revocation-unchecked"] };
    expect(answer([chain])).toMatchObject(unasked);
    expect(answer([], json)).toMatchObject(unasked);
  });

  it("has its measurements compared where reference values were brought, in xml or the service's answer", () => {
    const [driver = report, firmware = report] = rims();
    const served = utf8(JSON.stringify({ id: "a", rim: Buffer.from(firmware).toString("base64") }));
    for (const brought of [
      [driver, firmware],
      [served, base64(driver)],
    ]) {
      const verified = answer([chain, ...brought]);
      expect(verified).toMatchObject({
        verified: true,
        findings: ["binding-unchecked", "revocation-unchecked"],
        claims: {
          "x-strongroom-class": "software",
          "x-strongroom-devices": {
            "DEVICE-0": {
              ...{ measres: "success", "x-nvidia-gpu-driver-version": "590.12" },
              "x-nvidia-gpu-driver-rim-signature-verified": true,
              "x-nvidia-gpu-vbios-rim-measurements-available": true,
            },
          },
        },
      });
    }
    expect(answer(rims(), json)).toMatchObject({ verified: true });
  });

  it("is refused by reference values that are others, that miss, or that are not good themselves", () => {
    const other = { values: [[1, [new Uint8Array(48).fill(9)]]] } as const;
    expect(answer([chain, ...rims(other)])).toMatchObject({ refusal: "policy-denied" });
    const unknown = { refusal: "endorsements-unavailable" };
    expect(answer([chain, ...rims({ version: "590.13" })])).toMatchObject(unknown);
    expect(answer([chain, manifests.rim()])).toMatchObject(unknown);
    const past = manifests.rim({
      version: "1",
      leaf: { notAfter: new Date("2026-01-01T00:00:00Z") },
    });
    expect(answer([chain, ...rims(), past])).toMatchObject({ refusal: "expired" });
    expect(answer([chain, ...rims(), utf8("<a/>")])).toMatchObject({ refusal: "malformed" });
  });

  it("trusts nobody for reference values who vouches for devices alone", () => {
    const untrusted = { refusal: "untrusted-chain" };
    expect(answer([chain, ...rims()], report, [root])).toMatchObject(untrusted);
    expect(answer([chain], report, [manifests.root])).toMatchObject(untrusted);
  });

  it("needs responses about the signers of its reference values too where any were brought", () => {
    const responses = manifests.revocation();
    const usualResponses = [vendor.revocation(), ...responses];
    expect(answer([chain, ...rims(), ...usualResponses])).toMatchObject({
      verified: true,
      findings: ["binding-unchecked"],
    });
    expect(answer([chain, ...rims(), vendor.revocation()])).toMatchObject({
      refusal: "endorsements-unavailable",
    });
    const held = manifests.revocation({ status: "hold" });
    expect(answer([chain, ...rims(), vendor.revocation(), ...held])).toMatchObject({
      refusal: "revoked",
    });
  });
});
