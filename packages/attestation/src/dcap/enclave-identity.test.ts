// SPDX-License-Identifier: Apache-2.0
/** Intel's statements where their fields are other than a test vendor's usually are. */

import { describe, expect, it } from "@jest/globals";
import { mintIntelEvidence } from "@strongroom/testing";
import { verifyEvidence } from "../__fixtures__/intel.ts";
import { parseEnclaveIdentity } from "./enclave-identity.ts";
import { parseTcbInfo } from "./tcb-info.ts";

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

describe("a statement of Intel's", () => {
  type Change = (statement: object) => object;
  const set = (change: object) => (statement: object) => Object.assign(statement, change);

  it.each<[string, Record<string, Change>, string]>([
    ["an identity of an earlier version", { identity: set({ version: 1 }) }, "not of version 2"],
    ["an identity with an escape", { identity: set({ note: "\n" }) }, "no plain json object"],
    ["tcb info of a version to come", { tcbInfo: set({ version: 4 }) }, "version"],
    ["tcb info of an earlier version", { tcbInfo: set({ version: 1 }) }, "of version 1"],
    ["tcb info with an escape", { tcbInfo: set({ note: "\n" }) }, "no plain json object"],
    ["tcb info for another tee", { tcbInfo: set({ id: "TDY" }) }, "another tee"],
    ["tcb info of another type", { tcbInfo: set({ tcbType: 1 }) }, "nobody knows how to compare"],
  ])("is malformed as %s", (_, endorsements, message) => {
    const evidence = mintIntelEvidence({ endorsements });
    expect(() => verifyEvidence(evidence)).toThrow(
      expect.objectContaining({
        code: "EvidenceMalformed",
        message: expect.stringContaining(message),
      }),
    );
  });

  it("is an object", () => {
    for (const parse of [parseEnclaveIdentity, parseTcbInfo]) {
      expect(() => parse("[]")).toThrow("no plain json object");
      expect(() => parse("2")).toThrow("no plain json object");
    }
  });
});
