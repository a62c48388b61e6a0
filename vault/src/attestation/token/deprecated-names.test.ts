// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { deprecatedNames } from "./deprecated-names.ts";

const hash = { "x-ms-policy-hash": "hash" };

describe("claims by names that azure deprecated", () => {
  it.each(["sgx", "tpm"])("are those of %s that azure had then", (type) => {
    expect(deprecatedNames({ ...hash, "x-ms-attestation-type": type })).toEqual({
      ...{ ver: "1.0", tee: type, policy_hash: "hash", "maa-policyHash": "hash" },
    });
  });

  it.each(["tdxvm", "sevsnpvm", "azurevm"])("are the version alone of %s", (type) => {
    expect(deprecatedNames({ ...hash, "x-ms-attestation-type": type })).toEqual({ ver: "1.0" });
  });

  it("are there of what a client sent only if it did", () => {
    expect(deprecatedNames({ nonce: "n", "x-ms-sgx-ehd": "aGVsZA" })).toEqual({
      ...{ ver: "1.0", rp_data: "n", "maa-ehd": "aGVsZA", "aas-ehd": "aGVsZA" },
    });
  });
});
