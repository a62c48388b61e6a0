// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { fuzz } from "./fuzz.ts";

describe("every parser of the attestation library", () => {
  it("returns or refuses, in time, whatever it is given", () => {
    const { executions, failures } = fuzz(40_000, 20261126);
    expect(failures).toEqual([]);
    expect(executions.size).toBeGreaterThan(50);
  }, 120_000);
});
