// SPDX-License-Identifier: Apache-2.0
/**
 * Compares what a device measured with NVIDIA's reference values: those of its driver's version and of its VBIOS's, of a
 * switch the latter alone. NVIDIA, "attestation-sdk", `generate_set_measurement_claims`.
 */

import { equalBytes } from "@strongroom/core";
import { type Refused, refuse, type Verdict } from "../verdict.ts";
import { type DeviceVersions, isDecoderOff, readVersions } from "./opaque-fields.ts";
import type { SpdmReport } from "./parse-spdm-report.ts";
import type { DeviceFacts } from "./verify-device.ts";
import type { RimFacts } from "./verify-rim.ts";

/** The manifests that a device's measurements agree with. */
export interface DeviceReferences {
  /** None of a switch. */
  readonly driver: RimFacts | undefined;
  readonly vbios: RimFacts;
}

/** Of the video decoder NVDEC0. Nothing is measured of one that is off, and NVIDIA's verifier passes over its value. */
const decoderIndex = 35;

/**
 * Which of the manifests a device's measurements agree with; others than those of its versions are passed over.
 *
 * Every active value of both has to be measured, and no index may be active in both. `endorsements-unavailable` where one of
 * the two is missing, which is said only of a device that agrees with the other.
 */
export function appraiseMeasurements(
  { report }: DeviceFacts,
  rims: readonly RimFacts[],
): Verdict<DeviceReferences> {
  const versions = readVersions(report);
  const edition = versions.driver === undefined ? "SWITCH" : "GPU";
  const find = (part: keyof DeviceVersions) =>
    choose(report, rims, { edition, part, version: versions[part] });
  const drivers = edition === "SWITCH" ? [undefined] : find("driver");
  const bioses = find("vbios");
  if ("kind" in drivers) {
    return "kind" in bioses ? sayFirst(drivers, bioses) : drivers;
  }
  if ("kind" in bioses) {
    return bioses;
  }
  const pairs = drivers.flatMap((driver) => bioses.map((vbios) => ({ driver, vbios })));
  const references = pairs.find(({ driver, vbios }) => !overlap(driver, vbios));
  return references === undefined
    ? refuse("malformed", "driver and vbios both have a reference value of the same index")
    : { kind: "verified", claims: references };
}

/** What is wrong is said before what is missing. */
function sayFirst(driver: Refused, vbios: Refused): Refused {
  return vbios.class === "endorsements-unavailable" ? driver : vbios;
}

/** NVIDIA writes hexadecimal digits of a VBIOS in either case. */
function isSameVersion(one: string, other: string | undefined): boolean {
  return one.toLowerCase() === other?.toLowerCase();
}

/** Whose reference values are looked for. */
interface Sought {
  readonly edition: string;
  readonly part: keyof DeviceVersions;
  readonly version: string | undefined;
}

/** The manifests that the measurements agree with: there may be several of a version, for chips of several kinds. */
function choose(
  report: SpdmReport,
  rims: readonly RimFacts[],
  { edition, part, version }: Sought,
): readonly RimFacts[] | Refused {
  const candidates = rims.filter(
    ({ rim }) => rim.edition === edition && isSameVersion(rim.version, version),
  );
  const passed = edition === "GPU" && isDecoderOff(report) ? decoderIndex : undefined;
  const outcomes = candidates.map((one) => ({ one, index: findMismatch(report, one, passed) }));
  const agreed = outcomes.filter(({ index }) => index === undefined).map(({ one }) => one);
  const [first] = outcomes;
  if (first === undefined) {
    return refuse("endorsements-unavailable", `no reference values of the ${part}'s version`);
  }
  return agreed.length > 0
    ? agreed
    : refuse("policy-denied", `measurement ${first.index} is none of the ${part}'s values`);
}

/** Index of the first reference value, from 0, that was not measured; SPDM counts from 1. */
function findMismatch(
  report: SpdmReport,
  { rim }: RimFacts,
  passed: number | undefined,
): number | undefined {
  const mismatch = [...rim.measurements].find(([index, values]) => {
    const measured = report.measurements.get(index + 1);
    const isGood = measured !== undefined && values.some((value) => equalBytes(value, measured));
    return !isGood && index !== passed;
  });
  return mismatch?.[0];
}

/** Either could say that what the other refuses is good. */
function overlap(driver: RimFacts | undefined, vbios: RimFacts): boolean {
  const indexes = driver?.rim.measurements.keys() ?? [];
  return [...indexes].some((index) => vbios.rim.measurements.has(index));
}
