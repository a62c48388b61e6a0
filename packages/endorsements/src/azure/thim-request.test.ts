// SPDX-License-Identifier: Apache-2.0
/** The chip's certificates as the host has them, before anybody else is asked. */

import { describe, expect, it } from "@jest/globals";
import { createAmdVendor, makeAmdReport, startVendorServices } from "@strongroom/testing";
import { setUpAmd, verifyWith } from "../__fixtures__/amd-world.ts";
import { findSnpEndorsements } from "../amd/find-snp-endorsements.ts";

const vendor = createAmdVendor("Milan");
const { signal } = new AbortController();

describe("Azure's metadata service", () => {
  it("is asked before AMD, with its header, for the chip below", async () => {
    await using world = await setUpAmd(vendor);
    const { metadataUrl, url, ca, requests } = world.services;
    const library = await world.kept.open({ azureThim: { url: metadataUrl }, amd: { url, ca } });
    const report = vendor.sign(makeAmdReport(vendor));
    const found = await findSnpEndorsements(library, { report }, signal);
    expect(found.missing).toEqual([]);
    expect(requests[0]).toBe("/metadata/THIM/amd/certification");
    expect(verifyWith(vendor, report, found.files)).toMatchObject({ kind: "verified" });
  });

  it("does not do for another chip, or for firmware that was updated since", async () => {
    await using world = await setUpAmd(vendor);
    const library = await world.kept.open({ azureThim: { url: world.services.metadataUrl } });
    const reportedTcb = Uint8Array.from([4, 0, 0, 0, 0, 0, 23, 0xdb]);
    const report = vendor.sign(makeAmdReport(vendor, { reportedTcb }));
    const { missing } = await findSnpEndorsements(library, { report }, signal);
    expect(missing[0]).toMatch(/^amd\/vcek\/Milan/);
  });

  it("is not the last to be asked where it has another chip's", async () => {
    const other = createAmdVendor("Milan");
    await using world = await setUpAmd(vendor);
    await using host = await startVendorServices({ amd: other });
    const { url, ca } = world.services;
    const azureThim = { url: host.metadataUrl };
    const library = await world.kept.open({ azureThim, amd: { url, ca } });
    const report = vendor.sign(makeAmdReport(vendor));
    const found = await findSnpEndorsements(library, { report }, signal);
    expect(found.missing).toEqual([]);
    expect(host.requests.length).toBeGreaterThan(0);
    expect(verifyWith(vendor, report, found.files)).toMatchObject({ kind: "verified" });
  });

  it("is reached on this machine's own link alone", async () => {
    await using world = await setUpAmd(vendor);
    const report = vendor.sign(makeAmdReport(vendor));
    for (const url of ["http://10.0.0.1", "http://metadata.test", "https://169.254.169.254"]) {
      const library = await world.kept.open({ azureThim: { url } });
      await expect(findSnpEndorsements(library, { report }, signal)).rejects.toMatchObject({
        code: "BadParameter",
      });
    }
  });
});
