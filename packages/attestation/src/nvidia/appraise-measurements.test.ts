// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import type { NvidiaReportRequest, RimRequest } from "@strongroom/testing";
import { nvidiaDevice, nvidiaRim } from "../__fixtures__/nvidia-devices.ts";
import { appraiseMeasurements } from "./appraise-measurements.ts";

const digest = (value: number) => new Uint8Array(48).fill(value);
const text = (value: string) => new Uint8Array(Buffer.from(`${value}\0`));

/** The usual device measures 1 and 2, which are reference values 0 and 1. */
const vbios = { version: "96.00.A5.00.01", values: [[0, [digest(1)]]] } as const;
const versions = [
  [3, text("590.12")],
  [6, Uint8Array.of(0, 0xa5, 0, 0x96, 1, 0, 0, 0)],
] as const;
const wrongBios = { ...vbios, values: [[0, [digest(9)]]] } as const;
const withDecoder = (status: number): NvidiaReportRequest => ({
  opaque: [...versions, [11, Uint8Array.of(status)]],
});
const lightSwitch: NvidiaReportRequest = { opaque: [[6, text("96.10.73.00.01")]] };
const switchBios = { version: "96.10.73.00.01", edition: "SWITCH", values: vbios.values } as const;

const appraise = (request: NvidiaReportRequest, ...rims: readonly RimRequest[]) =>
  appraiseMeasurements(nvidiaDevice(request), rims.map(nvidiaRim));

describe("what an nvidia device measured", () => {
  it("is good if every reference value of its driver and VBIOS was measured", () => {
    const verdict = appraise({}, vbios, {});
    expect(verdict).toMatchObject({
      kind: "verified",
      claims: {
        driver: { rim: { version: "590.12" } },
        vbios: { rim: { version: vbios.version } },
      },
    });
  });

  it("is good of a switch by its BIOS's reference values alone", () => {
    expect(appraise(lightSwitch, switchBios)).toMatchObject({
      claims: { driver: undefined, vbios: { rim: { version: "96.10.73.00.01" } } },
    });
  });

  it.each<[string, string, NvidiaReportRequest, readonly RimRequest[]]>([
    [
      "if the driver's values are others",
      "policy-denied",
      {},
      [vbios, { values: [[1, [digest(9)]]] }],
    ],
    ["if the VBIOS's values are others", "policy-denied", {}, [{}, wrongBios]],
    [
      "if they are of another index",
      "policy-denied",
      {},
      [{}, { ...vbios, values: [[1, [digest(1)]]] }],
    ],
    [
      "if a value was not measured",
      "policy-denied",
      {},
      [
        vbios,
        {
          values: [
            [1, [digest(2)]],
            [2, [digest(3)]],
          ],
        },
      ],
    ],
    [
      "if one of several is another",
      "policy-denied",
      {},
      [
        vbios,
        {
          values: [
            [1, [digest(9)]],
            [0, [digest(1)]],
          ],
        },
      ],
    ],
    ["if the VBIOS's are others, and none of the driver", "policy-denied", {}, [wrongBios]],
    [
      "if both say what an index has to be",
      "malformed",
      {},
      [
        vbios,
        {
          values: [
            [0, [digest(1)]],
            [1, [digest(2)]],
          ],
        },
      ],
    ],
    ["without those of the driver", "endorsements-unavailable", {}, [vbios]],
    ["without those of the VBIOS", "endorsements-unavailable", {}, [{}]],
    ["without any", "endorsements-unavailable", {}, []],
    [
      "with those of another driver",
      "endorsements-unavailable",
      {},
      [vbios, { version: "590.13" }],
    ],
    [
      "with those of another VBIOS",
      "endorsements-unavailable",
      {},
      [{}, { ...vbios, version: "96.00.A5.00.02" }],
    ],
    [
      "with a switch's for a GPU",
      "endorsements-unavailable",
      {},
      [{}, { ...vbios, edition: "SWITCH" }],
    ],
    [
      "with a GPU's for a switch",
      "endorsements-unavailable",
      lightSwitch,
      [{ ...switchBios, edition: "GPU" }],
    ],
    [
      "if a switch's values are others",
      "policy-denied",
      lightSwitch,
      [{ ...switchBios, values: [[0, [digest(2)]]] }],
    ],
    [
      "if the device does not say which VBIOS it has",
      "endorsements-unavailable",
      { opaque: [versions[0]] },
      [{}, vbios],
    ],
    ["of a device without versions", "endorsements-unavailable", { opaque: [] }, [{}, vbios]],
  ])("is refused %s: %s", (_, refusal, request, rims) => {
    expect(appraise(request, ...rims)).toMatchObject({ kind: "refused", class: refusal });
  });

  it.each<[string, readonly RimRequest[], string]>([
    ["of both parts if both are wrong", [{ values: [[1, [digest(9)]]] }, wrongBios], "vbios"],
    ["of the driver alone", [{ values: [[1, [digest(9)]]] }], "driver's values"],
    ["of the driver if both are missing", [], "driver's version"],
  ])("says what is wrong before what is missing: %s", (_, rims, reason) => {
    expect(appraise({}, ...rims)).toMatchObject({ reason: expect.stringContaining(reason) });
  });

  it("may be any of several good values, and in whichever manifest of the version", () => {
    const several = { values: [[1, [digest(9), digest(2)]]] } as const;
    expect(appraise({}, vbios, several).kind).toBe("verified");
    const others = { values: [[1, [digest(9)]]] } as const;
    expect(appraise({}, others, {}, { ...vbios, version: vbios.version.toLowerCase() }).kind).toBe(
      "verified",
    );
    const overlapping = {
      values: [
        [0, [digest(1)]],
        [1, [digest(2)]],
      ],
    } as const;
    expect(appraise({}, overlapping, vbios, {}).kind).toBe("verified");
  });

  it("may be anything in the decoder's measurement while the decoder of a GPU is off, and in no other", () => {
    const decoder = {
      values: [
        [1, [digest(2)]],
        [35, [digest(9)]],
      ],
    } as const;
    expect(appraise(withDecoder(0x55), vbios, decoder).kind).toBe("verified");
    for (const request of [withDecoder(0xaa), withDecoder(0), {}]) {
      expect(appraise(request, vbios, decoder)).toMatchObject({ class: "policy-denied" });
    }
    const next = { values: [[34, [digest(9)]]] } as const;
    expect(appraise(withDecoder(0x55), vbios, next)).toMatchObject({ class: "policy-denied" });
    const off = {
      opaque: [
        [6, text("96.10.73.00.01")],
        [11, Uint8Array.of(0x55)],
      ],
    } as const;
    expect(appraise(off, { ...switchBios, values: decoder.values })).toMatchObject({
      class: "policy-denied",
    });
  });
});
