// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { requestsFor } from "./request-endorsement.ts";

const source = { url: "https://endorsements.example", ca: "" };
const sources = { amd: source, intel: source, azureThim: { url: "http://169.254.169.254" } };

describe("what is asked of vendors for an endorsement", () => {
  it.each([
    ["intel/identity/QE", "/sgx/certification/v4/qe/identity"],
    ["intel/identity/TD_QE", "/tdx/certification/v4/qe/identity"],
    ["amd/chain/Genoa/vlek", "/vlek/v1/Genoa/cert_chain"],
  ])("is the path of its name: %s", (name, path) => {
    expect(requestsFor(name, sources).map(({ url }) => url)).toEqual([`${source.url}${path}`]);
  });

  it.each(["constructor", "toString", "__proto__", "intel/identity/QVE", "amd/chain/Rome/vcek"])(
    "is nothing for a name that no vendor has: %s",
    (name) => {
      expect(requestsFor(name, sources)).toEqual([]);
    },
  );
});
