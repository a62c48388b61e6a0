// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { createAmdVendor, makeAmdReport, makeCertificateTable } from "@strongroom/testing";
import { findEndorsements } from "./find-endorsements.ts";

const vendor = createAmdVendor("Milan");
const report = vendor.sign(makeAmdReport(vendor));
const { signal } = new AbortController();

/** A library that has nothing, and can get nothing. */
const library = {
  find: async () => [],
  renew: async () => undefined,
  take: async () => [],
};

async function filesWith(certificateTable: Uint8Array): Promise<readonly Uint8Array[]> {
  const evidence = { kind: "SevSnpVm", report, certificateTable } as const;
  return (await findEndorsements(library, evidence, signal)).files;
}

describe("what a SEV-SNP node brings where it has no endorsements", () => {
  it("is the host's own table", async () => {
    const table = makeCertificateTable([["vcek", vendor.leaf()]]);
    expect(await filesWith(table)).toEqual([table]);
  });

  it.each([
    ["rubbish", new Uint8Array(100).fill(0x11)],
    ["a table that is cut short", makeCertificateTable([["vcek", vendor.leaf()]]).slice(0, -1)],
  ])("is nothing where the host's table is %s: a vault may know the rest", async (_, table) => {
    expect(await filesWith(table)).toEqual([]);
  });
});
