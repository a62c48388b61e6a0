// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { unusualClaims } from "./unusual-environment.ts";

const usual = {
  "x-strongroom-class": "hardware",
  "x-strongroom-fresh": true,
  dbgstat: "disabled",
  "x-ms-isolation-tee": {
    "x-ms-sevsnpvm-is-debuggable": false,
    "x-ms-sevsnpvm-migration-allowed": "false",
  },
};

describe("an environment", () => {
  it("is usual where nothing says otherwise", () => {
    expect(unusualClaims(usual)).toEqual([]);
    expect(unusualClaims({})).toEqual([]);
    expect(unusualClaims({ "x-ms-azurevm-debuggersdisabled": true })).toEqual([]);
  });

  it.each([
    ["software", { "x-strongroom-class": "software" }, "x-strongroom-class"],
    ["no class that is known", { "x-strongroom-class": ["hardware"] }, "x-strongroom-class"],
    ["evidence of any age", { "x-strongroom-fresh": false }, "x-strongroom-fresh"],
    ["debugging", { "x-ms-sevsnpvm-is-debuggable": true }, "x-ms-sevsnpvm-is-debuggable"],
    ["debugging in words", { "x-ms-sgx-is-debuggable": "true" }, "x-ms-sgx-is-debuggable"],
    ["migration", { "x-ms-sevsnpvm-migration-allowed": 1 }, "x-ms-sevsnpvm-migration-allowed"],
    ["debugging of a trust domain", { tdx_td_attributes_debug: true }, "tdx_td_attributes_debug"],
    [
      "migration of a trust domain",
      { "x-strongroom-tdx-migratable": true },
      "x-strongroom-tdx-migratable",
    ],
    [
      "debugging of a Nitro enclave",
      { "x-strongroom-nitro-is-debuggable": true },
      "x-strongroom-nitro-is-debuggable",
    ],
    [
      "a realm on a platform that may be debugged",
      { "x-strongroom-cca-is-debuggable": true },
      "x-strongroom-cca-is-debuggable",
    ],
    [
      "a debugger in an Azure machine",
      { "x-ms-azurevm-debuggersdisabled": false },
      "x-ms-azurevm-debuggersdisabled",
    ],
    ["debugging as EAT says it", { dbgstat: "enabled" }, "dbgstat"],
    ["what is no word at all", { dbgstat: JSON.parse('{"toString":1}') }, "dbgstat"],
  ])("is named by the claim that says so: %s", (_name, claims, claim) => {
    expect(unusualClaims({ ...usual, ...claims })).toEqual([claim]);
  });

  it("is looked at beneath a guest's own claims too", () => {
    const claims = { "x-ms-isolation-tee": { "x-ms-sevsnpvm-is-debuggable": true } };
    expect(unusualClaims(claims)).toEqual(["x-ms-isolation-tee.x-ms-sevsnpvm-is-debuggable"]);
  });
});
