// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { nvidiaRim } from "../__fixtures__/nvidia-devices.ts";
import { toReferenceClaims } from "./rim-claims.ts";

const [driver, vbios] = [nvidiaRim({}), nvidiaRim({ version: "96.00.A5.00.01" })];
const sound = { measres: "success", secboot: true, dbgstat: "disabled", oemid: "5703" };

const ofRim = (name: string, status: object = {}) => ({
  [`${name}-fetched`]: true,
  [`${name}-schema-validated`]: true,
  [`${name}-signature-verified`]: true,
  [`${name}-version-match`]: true,
  [`${name}-measurements-available`]: true,
  [`${name}-cert-chain`]: {
    "x-nvidia-cert-status": "valid",
    "x-nvidia-cert-expiration-date": "2049-01-01T00:00:00Z",
    ...status,
  },
});

describe("claims about reference values", () => {
  it("of a GPU are those of NVIDIA's service, for driver and VBIOS", () => {
    expect(toReferenceClaims({ driver, vbios })).toEqual({
      ...{ ...sound, "x-nvidia-device-type": "gpu" },
      ...ofRim("x-nvidia-gpu-driver-rim"),
      ...ofRim("x-nvidia-gpu-vbios-rim"),
      "x-nvidia-gpu-vbios-index-no-conflict": true,
    });
  });

  it("of a switch are those of its BIOS", () => {
    expect(toReferenceClaims({ driver: undefined, vbios })).toEqual({
      ...{ ...sound, "x-nvidia-device-type": "nvswitch" },
      ...ofRim("x-nvidia-switch-bios-rim"),
    });
  });

  it("say what the responder said where it was asked, and of the maker nothing that is not there", () => {
    const checked = { ...vbios, revocation: "checked" as const };
    const unnamed = { ...driver, rim: { ...driver.rim, manufacturer: undefined } };
    const claims = toReferenceClaims({ driver: unnamed, vbios: checked });
    const good = { "x-nvidia-cert-ocsp-status": "good" };
    expect(claims).toMatchObject(ofRim("x-nvidia-gpu-vbios-rim", good));
    expect(claims).toMatchObject(ofRim("x-nvidia-gpu-driver-rim"));
    expect(Object.hasOwn(claims, "oemid")).toBe(false);
  });
});
