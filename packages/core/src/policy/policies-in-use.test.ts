// SPDX-License-Identifier: Apache-2.0
/** Shapes of policies that people have: each with claims that it must allow, and with ones that it must deny. */

import { describe, expect, it } from "@jest/globals";
import { evaluatePolicy } from "./evaluate-policy.ts";
import { releasePolicySchema } from "./parse-release-policy.ts";

const regions = Array.from({ length: 30 }, (_, at) => `shared${at}`);
const shared = (region: string) => `https://${region}.${region.slice(6)}.attest.azure.net`;
const [first = "", , third = ""] = regions;
const guest = (tee: object) => ({
  "x-ms-attestation-type": "azurevm",
  "x-ms-isolation-tee": tee,
});
const compliant = {
  "x-ms-attestation-type": "sevsnpvm",
  "x-ms-compliance-status": "azure-compliant-cvm",
};
const container = {
  "x-ms-attestation-type": "sevsnpvm",
  "x-ms-compliance-status": "azure-compliant-uvm",
  "x-ms-sevsnpvm-hostdata": "ab".repeat(32),
  "x-ms-sevsnpvm-is-debuggable": false,
  "x-ms-sevsnpvm-vmpl": 0,
};
const enclave = {
  "x-ms-sgx-is-debuggable": false,
  "x-ms-sgx-mrsigner": "cd".repeat(32),
  "x-ms-sgx-product-id": 4_639,
  "x-ms-sgx-svn": 2,
};
const sgx = {
  version: "1.0.0",
  anyOf: [
    {
      authority: shared(first),
      allOf: [
        { claim: "x-ms-sgx-is-debuggable", equals: "false" },
        { claim: "x-ms-sgx-mrsigner", equals: "cd".repeat(32) },
        { claim: "x-ms-sgx-product-id", equals: "4639" },
        { claim: "x-ms-sgx-svn", greater: 1 },
      ],
    },
  ],
};
const vmClaim = (name: string, equals: string) => ({ claim: `x-ms-isolation-tee.${name}`, equals });

/** Name, policy, issuer, claims that it allows, and claims that it denies. */
const cases: readonly (readonly [string, object, string, object, readonly object[]])[] = [
  [
    "a virtual machine's disk, one block for each region",
    {
      version: "1.0.0",
      anyOf: regions.map((region) => ({
        authority: `${shared(region)}/`,
        allOf: [
          {
            anyOf: [
              vmClaim("x-ms-attestation-type", "sevsnpvm"),
              vmClaim("x-ms-attestation-type", "tdxvm"),
            ],
          },
          vmClaim("x-ms-compliance-status", "azure-compliant-cvm"),
        ],
      })),
    },
    shared(third),
    guest(compliant),
    [compliant, guest({ ...compliant, "x-ms-attestation-type": "sgx" }), {}],
  ],
  [
    "a container group, with truth values and numbers as text",
    {
      version: "0.2",
      anyOf: [
        {
          authority: shared(first),
          allOf: [
            { claim: "x-ms-attestation-type", equals: "sevsnpvm" },
            { claim: "x-ms-compliance-status", equals: "azure-compliant-uvm" },
            { claim: "x-ms-sevsnpvm-hostdata", equals: "ab".repeat(32) },
            { claim: "x-ms-sevsnpvm-is-debuggable", equals: "false" },
            { claim: "x-ms-sevsnpvm-vmpl", equals: "0" },
          ],
        },
      ],
    },
    `${shared(first)}/`,
    container,
    [
      { ...container, "x-ms-sevsnpvm-is-debuggable": true },
      { ...container, "x-ms-sevsnpvm-vmpl": 1 },
      { ...container, "x-ms-sevsnpvm-hostdata": "AB".repeat(32) },
    ],
  ],
  [
    "an enclave, with an order",
    sgx,
    shared(first),
    enclave,
    [
      { ...enclave, "x-ms-sgx-svn": 1 },
      { ...enclave, "x-ms-sgx-product-id": 4_640 },
    ],
  ],
  [
    "the first SDKs' own, without a version",
    {
      anyOf: [
        {
          anyOf: [{ claim: "sdk-test", condition: "equals", value: "true" }],
          authority: "https://SharedEus.eus.test.attest.azure.net/",
        },
      ],
    },
    "https://sharedeus.eus.test.attest.azure.net",
    { "sdk-test": true },
    [{ "sdk-test": false }, { "sdk-test": 1 }, {}],
  ],
  [
    "allOf on top",
    { version: "1.0.0", allOf: sgx.anyOf },
    shared(first),
    enclave,
    [{ ...enclave, "x-ms-sgx-is-debuggable": true }],
  ],
];

describe("a policy as people have it", () => {
  it.each(cases)("decides: %s", (_name, text, issuer, allowed, denied) => {
    const policy = releasePolicySchema.parse(text);
    const decide = (claims: object, from = issuer) =>
      evaluatePolicy(policy, { issuer: from, claims: claims as never }, new Date(0)).kind;
    expect(decide(allowed)).toBe("allowed");
    expect(decide(allowed, "https://other.attest.azure.net")).toBe("denied");
    for (const claims of denied) {
      expect(decide(claims)).toBe("denied");
    }
  });
});
