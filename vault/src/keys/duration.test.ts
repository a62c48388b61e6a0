// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "@jest/globals";
import { addDuration, parseDuration, subtractDuration } from "./duration.ts";

const at = (text: string): number => Date.parse(text) / 1_000;

test.each([
  ["2026-01-31T12:00:00Z", "P1M", "2026-02-28T12:00:00Z"],
  ["2028-01-31T00:00:00Z", "P1M", "2028-02-29T00:00:00Z"],
  ["2026-11-26T03:00:00Z", "P18M", "2028-05-26T03:00:00Z"],
  ["2028-02-29T00:00:00Z", "P1Y", "2029-02-28T00:00:00Z"],
  ["2026-03-01T00:00:00Z", "P90D", "2026-05-30T00:00:00Z"],
  ["2026-03-01T00:00:00Z", "P2W", "2026-03-15T00:00:00Z"],
  ["2026-03-01T00:00:00Z", "P1Y2M3DT4H5M6S", "2027-05-04T04:05:06Z"],
  ["2026-03-01T00:00:00Z", "pt12h", "2026-03-01T12:00:00Z"],
])("%s and %s is %s", (from, duration, to) => {
  expect(addDuration(at(from), parseDuration(duration))).toBe(at(to));
});

test.each([
  ["2026-03-31T00:00:00Z", "P1M", "2026-02-28T00:00:00Z"],
  ["2026-03-31T00:00:00Z", "P30D", "2026-03-01T00:00:00Z"],
])("%s less %s is %s", (from, duration, to) => {
  expect(subtractDuration(at(from), parseDuration(duration))).toBe(at(to));
});

test.each(["", "P", "PT", "P1", "1D", "P-1D", "P1.5D", "P1DT", "P1H", "P1D ", "P999999D"])(
  "%j is no duration",
  (text) => {
    expect(() => parseDuration(text)).toThrow("not a duration");
  },
);
