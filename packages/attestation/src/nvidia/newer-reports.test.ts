// SPDX-License-Identifier: Apache-2.0
/** Reports as newer drivers write them, beside reference values. */

import { describe, expect, it } from "@jest/globals";
import { concatBytes } from "@strongroom/core";
import type { NvidiaReportRequest } from "@strongroom/testing";
import { nvidiaDevice, nvidiaRim } from "../__fixtures__/nvidia-devices.ts";
import { appraiseMeasurements } from "./appraise-measurements.ts";

const digest = (value: number) => new Uint8Array(48).fill(value);
const vbios = { version: "96.00.A5.00.01", values: [[0, [digest(1)]]] } as const;
const rims = [nvidiaRim(vbios), nvidiaRim({})];
const appraise = (request: NvidiaReportRequest) =>
  appraiseMeasurements(nvidiaDevice(request), rims);

describe("a report of a newer driver", () => {
  it("has its versions and its firmware behind a header", () => {
    expect(nvidiaDevice({ isVersioned: true })).toMatchObject({ firmware: "checked" });
    expect(appraise({ isVersioned: true })).toMatchObject({ kind: "verified" });
  });

  it("agrees with no reference value by what is no digest, whatever its bytes are", () => {
    const block = (index: number, type: number) =>
      concatBytes(Uint8Array.of(index, 1, 51, 0, type, 48, 0), digest(index));
    const of = (type: number) => ({ record: concatBytes(block(1, 1), block(2, type)), count: 2 });
    expect(appraise(of(1))).toMatchObject({ kind: "verified" });
    expect(appraise(of(0x81))).toMatchObject({ class: "policy-denied" });
  });
});
