// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from "@jest/globals";
import {
  type AmdVendor,
  createAmdVendor,
  makeAmdReport,
  makeCertificateTable,
} from "@strongroom/testing";
import { setUpAmd, verifyWith } from "../__fixtures__/amd-world.ts";
import { findSnpEndorsements } from "./find-snp-endorsements.ts";

const vendors = { Milan: createAmdVendor("Milan"), Turin: createAmdVendor("Turin") } as const;
const { signal } = new AbortController();

/** The table of a host that has the certificates of its chip, in AMD's order, and what else it has. */
function tableOf(
  { ark }: AmdVendor,
  { leaf, ask }: { readonly leaf: Uint8Array; readonly ask: Uint8Array },
  ...more: Parameters<typeof makeCertificateTable>[0]
) {
  return makeCertificateTable([["vcek", leaf], ["ask", ask], ["ark", ark], ...more]);
}

describe("what a SEV-SNP report is verified with", () => {
  it.each([["Milan"], ["Turin"]] as const)("comes from AMD's service for %s", async (product) => {
    const vendor = vendors[product];
    await using world = await setUpAmd(vendor);
    const report = vendor.sign(makeAmdReport(vendor));
    const found = await findSnpEndorsements(world.kept.library, { report }, signal);
    expect(found.missing).toEqual([]);
    expect(verifyWith(vendor, report, found.files)).toMatchObject({ kind: "verified" });
    const [, query] = /\?(.*)$/.exec(world.services.requests.join(" ").split(" ")[0] ?? "") ?? [];
    expect(query?.includes("fmcSPL=01")).toBe(product === "Turin");
  });

  it("asks AMD once in ten seconds, and never again for what does not change", async () => {
    const vendor = vendors.Milan;
    await using world = await setUpAmd(vendor);
    const report = vendor.sign(makeAmdReport(vendor));
    await findSnpEndorsements(world.kept.library, { report }, signal);
    expect(world.kept.sleeps).toEqual([10_000, 10_000]);
    const restarted = await world.kept.open();
    const found = await findSnpEndorsements(restarted, { report }, signal);
    expect(found.missing).toEqual([]);
    expect(world.services.requests.length).toBe(3);
  });

  it("finds which product made a report that does not say", async () => {
    const vendor = createAmdVendor("Genoa");
    await using world = await setUpAmd(vendor);
    const report = vendor.sign(makeAmdReport(vendor, { version: 2 }));
    const found = await findSnpEndorsements(world.kept.library, { report }, signal);
    expect(found.missing).toEqual([]);
    expect(verifyWith(vendor, report, found.files)).toMatchObject({ kind: "verified" });
  });

  it("stops at the first product that has everything of a report that does not say", async () => {
    const vendor = vendors.Milan;
    await using world = await setUpAmd(vendor);
    const report = vendor.sign(makeAmdReport(vendor, { version: 2 }));
    const found = await findSnpEndorsements(world.kept.library, { report }, signal);
    expect(found.missing).toEqual([]);
    expect(verifyWith(vendor, report, found.files)).toMatchObject({ kind: "verified" });
    expect(world.services.requests.filter((path) => path.includes("Genoa"))).toEqual([]);
  });

  it("is not looked for of a processor that nobody knows", async () => {
    const vendor = vendors.Milan;
    await using world = await setUpAmd(vendor);
    const report = vendor.sign(makeAmdReport(vendor, { bytes: { 392: Uint8Array.of(0x1b) } }));
    const found = await findSnpEndorsements(world.kept.library, { report }, signal);
    expect(found).toEqual({ files: [], missing: ["amd/vcek"] });
    expect(world.services.requests).toEqual([]);
  });

  it("is all in a host's table that has a list too", async () => {
    const vendor = vendors.Milan;
    await using world = await setUpAmd(vendor);
    const report = vendor.sign(makeAmdReport(vendor));
    const { ask } = vendor;
    const crl = vendor.crl();
    const certificateTable = tableOf(vendor, { leaf: vendor.leaf(), ask }, ["crl", crl]);
    const { library } = world.kept;
    const found = await findSnpEndorsements(library, { report, certificateTable }, signal);
    expect([found.missing, world.services.requests]).toEqual([[], []]);
    expect(verifyWith(vendor, report, found.files)).toMatchObject({ kind: "verified" });
  });

  it("takes from the host's table what holds, and asks for the rest", async () => {
    const vendor = vendors.Milan;
    await using world = await setUpAmd(vendor);
    const report = vendor.sign(makeAmdReport(vendor));
    const certificateTable = tableOf(vendor, { leaf: vendor.leaf(), ask: vendor.ask });
    const evidence = { report, certificateTable };
    const found = await findSnpEndorsements(world.kept.library, evidence, signal);
    expect(found.missing).toEqual([]);
    expect(world.services.requests).toEqual(["/vcek/v1/Milan/crl"]);
  });

  it("believes nothing of the host's table", async () => {
    const vendor = vendors.Milan;
    const other = createAmdVendor("Milan");
    await using world = await setUpAmd(vendor);
    const report = vendor.sign(makeAmdReport(vendor));
    const certificateTable = tableOf(vendor, { leaf: other.leaf(), ask: other.ask });
    const evidence = { report, certificateTable };
    const found = await findSnpEndorsements(world.kept.library, evidence, signal);
    expect(world.services.requests.length).toBe(3);
    expect(verifyWith(vendor, report, found.files)).toMatchObject({ kind: "verified" });
  });

  it("has a provider's key from the table alone", async () => {
    const vendor = vendors.Milan;
    await using world = await setUpAmd(vendor);
    const report = vendor.sign(makeAmdReport(vendor, { flags: 0x4, chipId: new Uint8Array(64) }));
    const certificateTable = makeCertificateTable([["vlek", vendor.leaf({ kind: "vlek" })]]);
    const evidence = { report, certificateTable };
    const found = await findSnpEndorsements(world.kept.library, evidence, signal);
    expect(found.missing).toEqual([]);
    expect(world.services.requests.every((path) => path.startsWith("/vlek/"))).toBe(true);
    expect(verifyWith(vendor, report, found.files)).toMatchObject({ kind: "verified" });
  });

  it("says what is missing where AMD has no such chip, and offline", async () => {
    const vendor = vendors.Milan;
    await using world = await setUpAmd(vendor);
    const chipId = new Uint8Array(64).fill(0x77);
    const report = vendor.sign(makeAmdReport(vendor, { chipId }));
    const found = await findSnpEndorsements(world.kept.library, { report }, signal);
    expect(found.missing).toEqual([expect.stringMatching(/^amd\/vcek\/Milan\/77/)]);
    const offline = await world.kept.open({});
    const asked = world.services.requests.length;
    expect((await findSnpEndorsements(offline, { report }, signal)).missing.length).toBe(1);
    expect(world.services.requests.length).toBe(asked);
  });
});
