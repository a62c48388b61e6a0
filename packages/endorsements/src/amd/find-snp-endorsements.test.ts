// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { readAmdEndorsements, verifySnp } from "@strongroom/attestation";
import {
  type AmdVendor,
  createAmdVendor,
  makeAmdReport,
  makeCertificateTable,
  startVendorServices,
} from "@strongroom/testing";
import { makeTestLibrary, start } from "../__fixtures__/test-library.ts";
import { amdRootOf } from "../__fixtures__/test-vendors.ts";
import { findSnpEndorsements } from "./find-snp-endorsements.ts";

const vendors = { Milan: createAmdVendor("Milan"), Turin: createAmdVendor("Turin") } as const;
const { signal } = new AbortController();

async function setUp(vendor: AmdVendor) {
  const services = await startVendorServices({ amd: vendor });
  const amd = { url: services.url, ca: services.ca };
  const kept = await makeTestLibrary({ sources: { amd }, roots: { amd: [amdRootOf(vendor)] } });
  return {
    ...{ services, kept },
    [Symbol.asyncDispose]: async () => {
      await services[Symbol.asyncDispose]();
      await kept[Symbol.asyncDispose]();
    },
  };
}

function verify(vendor: AmdVendor, report: Uint8Array, files: readonly Uint8Array[]) {
  const read = files.map(readAmdEndorsements);
  const endorsements = {
    certificates: read.flatMap(({ certificates }) => certificates),
    crls: read.flatMap(({ crls }) => crls),
  };
  const trust = { roots: [amdRootOf(vendor)], revocation: "required" } as const;
  return verifySnp({ report, endorsements }, trust, { reportData: "unbound" }, start);
}

describe("what a SEV-SNP report is verified with", () => {
  it.each([["Milan"], ["Turin"]] as const)("comes from AMD's service for %s", async (product) => {
    const vendor = vendors[product];
    await using world = await setUp(vendor);
    const report = vendor.sign(makeAmdReport(vendor));
    const found = await findSnpEndorsements(world.kept.library, { report }, signal);
    expect(found.missing).toEqual([]);
    expect(verify(vendor, report, found.files)).toMatchObject({ kind: "verified" });
    const [, query] = /\?(.*)$/.exec(world.services.requests.join(" ").split(" ")[0] ?? "") ?? [];
    expect(query?.includes("fmcSPL=01")).toBe(product === "Turin");
  });

  it("asks AMD once in ten seconds, and never again for what does not change", async () => {
    const vendor = vendors.Milan;
    await using world = await setUp(vendor);
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
    await using world = await setUp(vendor);
    const report = vendor.sign(makeAmdReport(vendor, { version: 2 }));
    const found = await findSnpEndorsements(world.kept.library, { report }, signal);
    expect(found.missing).toEqual([]);
    expect(verify(vendor, report, found.files)).toMatchObject({ kind: "verified" });
  });

  it("stops at the first product that has everything of a report that does not say", async () => {
    const vendor = vendors.Milan;
    await using world = await setUp(vendor);
    const report = vendor.sign(makeAmdReport(vendor, { version: 2 }));
    const found = await findSnpEndorsements(world.kept.library, { report }, signal);
    expect(found.missing).toEqual([]);
    expect(verify(vendor, report, found.files)).toMatchObject({ kind: "verified" });
    expect(world.services.requests.filter((path) => path.includes("Genoa"))).toEqual([]);
  });

  it("is not looked for of a processor that nobody knows", async () => {
    const vendor = vendors.Milan;
    await using world = await setUp(vendor);
    const report = vendor.sign(makeAmdReport(vendor, { bytes: { 392: Uint8Array.of(0x1b) } }));
    const found = await findSnpEndorsements(world.kept.library, { report }, signal);
    expect(found).toEqual({ files: [], missing: ["amd/vcek"] });
    expect(world.services.requests).toEqual([]);
  });

  it("is all in a host's table that has a list too", async () => {
    const vendor = vendors.Milan;
    await using world = await setUp(vendor);
    const report = vendor.sign(makeAmdReport(vendor));
    const certificateTable = makeCertificateTable([
      ["vcek", vendor.leaf()],
      ["ask", vendor.ask],
      ["ark", vendor.ark],
      ["crl", vendor.crl()],
    ]);
    const { library } = world.kept;
    const found = await findSnpEndorsements(library, { report, certificateTable }, signal);
    expect([found.missing, world.services.requests]).toEqual([[], []]);
    expect(verify(vendor, report, found.files)).toMatchObject({ kind: "verified" });
  });

  it("takes from the host's table what holds, and asks for the rest", async () => {
    const vendor = vendors.Milan;
    await using world = await setUp(vendor);
    const report = vendor.sign(makeAmdReport(vendor));
    const certificateTable = makeCertificateTable([
      ["vcek", vendor.leaf()],
      ["ask", vendor.ask],
      ["ark", vendor.ark],
    ]);
    const evidence = { report, certificateTable };
    const found = await findSnpEndorsements(world.kept.library, evidence, signal);
    expect(found.missing).toEqual([]);
    expect(world.services.requests).toEqual(["/vcek/v1/Milan/crl"]);
  });

  it("believes nothing of the host's table", async () => {
    const vendor = vendors.Milan;
    const other = createAmdVendor("Milan");
    await using world = await setUp(vendor);
    const report = vendor.sign(makeAmdReport(vendor));
    const certificateTable = makeCertificateTable([
      ["vcek", other.leaf()],
      ["ask", other.ask],
      ["ark", vendor.ark],
    ]);
    const evidence = { report, certificateTable };
    const found = await findSnpEndorsements(world.kept.library, evidence, signal);
    expect(world.services.requests.length).toBe(3);
    expect(verify(vendor, report, found.files)).toMatchObject({ kind: "verified" });
  });

  it("has a provider's key from the table alone", async () => {
    const vendor = vendors.Milan;
    await using world = await setUp(vendor);
    const report = vendor.sign(makeAmdReport(vendor, { flags: 0x4, chipId: new Uint8Array(64) }));
    const certificateTable = makeCertificateTable([["vlek", vendor.leaf({ kind: "vlek" })]]);
    const evidence = { report, certificateTable };
    const found = await findSnpEndorsements(world.kept.library, evidence, signal);
    expect(found.missing).toEqual([]);
    expect(world.services.requests.every((path) => path.startsWith("/vlek/"))).toBe(true);
    expect(verify(vendor, report, found.files)).toMatchObject({ kind: "verified" });
  });

  it("says what is missing where AMD has no such chip, and offline", async () => {
    const vendor = vendors.Milan;
    await using world = await setUp(vendor);
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

describe("Azure's metadata service", () => {
  it("is asked before AMD, with its header, for the chip below", async () => {
    const vendor = vendors.Milan;
    await using world = await setUp(vendor);
    const { metadataUrl, url, ca, requests } = world.services;
    const library = await world.kept.open({ azureThim: { url: metadataUrl }, amd: { url, ca } });
    const report = vendor.sign(makeAmdReport(vendor));
    const found = await findSnpEndorsements(library, { report }, signal);
    expect(found.missing).toEqual([]);
    expect(requests[0]).toBe("/metadata/THIM/amd/certification");
    expect(verify(vendor, report, found.files)).toMatchObject({ kind: "verified" });
  });

  it("does not do for another chip, or for firmware that was updated since", async () => {
    const vendor = vendors.Milan;
    await using world = await setUp(vendor);
    const library = await world.kept.open({ azureThim: { url: world.services.metadataUrl } });
    const reportedTcb = Uint8Array.from([4, 0, 0, 0, 0, 0, 23, 0xdb]);
    const report = vendor.sign(makeAmdReport(vendor, { reportedTcb }));
    const { missing } = await findSnpEndorsements(library, { report }, signal);
    expect(missing[0]).toMatch(/^amd\/vcek\/Milan/);
  });

  it("is reached on this machine's own link alone", async () => {
    const vendor = vendors.Milan;
    await using world = await setUp(vendor);
    const report = vendor.sign(makeAmdReport(vendor));
    for (const url of ["http://10.0.0.1", "http://metadata.test", "https://169.254.169.254"]) {
      const library = await world.kept.open({ azureThim: { url } });
      await expect(findSnpEndorsements(library, { report }, signal)).rejects.toMatchObject({
        code: "BadParameter",
      });
    }
  });
});
