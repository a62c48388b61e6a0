// SPDX-License-Identifier: Apache-2.0
/** The identity of a quoting enclave where its values are other than zeros, as those of Intel's in use are. */

import { describe, expect, it } from "@jest/globals";
import { mintIntelEvidence } from "@strongroom/testing";
import { verifyEvidence } from "../__fixtures__/intel.ts";

describe("a quoting enclave's miscselect", () => {
  const qeReport = (report: Buffer) => report.write("d182b18c", 16, "hex");

  it.each([
    ["D182B18C", "FFFFFFFF", { kind: "verified" }],
    ["D1000000", "FF000000", { kind: "verified" }],
    ["8CB182D1", "FFFFFFFF", { class: "untrusted-chain" }],
    ["8C000000", "FF000000", { class: "untrusted-chain" }],
  ])("is byte by byte as in memory: %s through %s", (miscselect, miscselectMask, expected) => {
    const endorsements = {
      identity: (one: object) => Object.assign(one, { miscselect, miscselectMask }),
    };
    const evidence = mintIntelEvidence({ quote: { qeReport }, endorsements });
    expect(verifyEvidence(evidence)).toMatchObject(expected);
  });
});
