// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { readDcapEndorsements, verifyDcapQuote } from "@strongroom/attestation";
import { concatBytes } from "@strongroom/core";
import {
  type IntelPki,
  intelContent,
  intelFingerprint,
  intelPlatform,
  mintIntelPki,
  mintIntelQuote,
} from "@strongroom/testing";
import { startIntel } from "../__fixtures__/intel-world.ts";
import { start } from "../__fixtures__/test-library.ts";
import { intelRootOf } from "../__fixtures__/test-vendors.ts";
import { findDcapEndorsements } from "./find-dcap-endorsements.ts";

const { signal } = new AbortController();

async function setUp(pki: IntelPki) {
  return await startIntel(pki, { intel: intelContent(pki), pck: pki.pck.der });
}

function verify(pki: IntelPki, quote: Uint8Array, files: readonly Uint8Array[]) {
  const endorsements = readDcapEndorsements(files);
  const expected = {
    reportData: new Uint8Array(64).fill(0xd0),
    acceptedTcb: ["UpToDate"] as const,
    minimumTcbEvaluationDataNumber: 20,
    ...({ debug: "refused", migratable: "refused" } as const),
  };
  return verifyDcapQuote(
    quote,
    expected,
    { endorsements, roots: [intelRootOf(intelFingerprint(pki.root))] },
    start,
  );
}

/** A quote whose certification data is no chain but the platform's ids, of that type and with a PPID of that length. */
function withoutChain(quote: Uint8Array, type: number, ppidBytes: number): Uint8Array {
  const bytes = Buffer.from(quote);
  const chain = bytes.indexOf("-----BEGIN");
  const data = Buffer.concat([Buffer.alloc(ppidBytes, 0xee), Buffer.alloc(20, 5)]);
  const before = bytes.subarray(0, chain);
  before.writeUInt16LE(type, chain - 6);
  before.writeUInt32LE(data.length, chain - 4);
  const less = bytes.length - chain - data.length;
  // Lengths of what contains it: the signature data, and in it the QE report's certification data.
  const signature = 48 + 584;
  before.writeUInt32LE(before.readUInt32LE(signature) - less, signature);
  const nested = signature + 4 + 128 + 2;
  before.writeUInt32LE(before.readUInt32LE(nested) - less, nested);
  return concatBytes(before, data);
}

describe("what a quote is verified with", () => {
  it.each(["td15-5", "td10-4", "sgx3"] as const)(
    "comes from Intel's service for %s",
    async (kind) => {
      const pki = mintIntelPki();
      await using world = await setUp(pki);
      const quote = mintIntelQuote(kind, pki);
      const found = await findDcapEndorsements(world.kept.library, quote, signal);
      expect(found.missing).toEqual([]);
      expect(verify(pki, quote, found.files)).toMatchObject({ kind: "verified" });
      const tee = kind === "sgx3" ? "sgx" : "tdx";
      expect([...world.services.requests].sort()).toEqual(
        [
          "/sgx/certification/v4/pckcrl?ca=platform&encoding=der",
          "/sgx/certification/v4/rootcacrl",
          `/${tee}/certification/v4/qe/identity`,
          `/${tee}/certification/v4/tcb?fmspc=${intelPlatform.fmspc}`,
        ].sort(),
      );
    },
  );

  it("asks nobody again, after a restart neither", async () => {
    const pki = mintIntelPki();
    await using world = await setUp(pki);
    const quote = mintIntelQuote("td15-5", pki);
    await findDcapEndorsements(world.kept.library, quote, signal);
    const restarted = await world.kept.open({});
    expect((await findDcapEndorsements(restarted, quote, signal)).missing).toEqual([]);
    expect(world.services.requests.length).toBe(4);
  });

  it.each([
    ["td15-5", "tdx", "TD_QE"],
    ["sgx3", "sgx", "QE"],
  ] as const)("is named where it is missing, for %s", async (kind, tee, identity) => {
    const pki = mintIntelPki();
    await using world = await setUp(pki);
    const offline = await world.kept.open({});
    const lists = ["intel/crl/platform", "intel/crl/root"];
    const names = [`intel/tcb-info/${tee}/${intelPlatform.fmspc}`, `intel/identity/${identity}`];
    expect(await findDcapEndorsements(offline, mintIntelQuote(kind, pki), signal)).toEqual({
      ...{ files: [], missing: [...names, ...lists] },
    });
    world.services.replace("/sgx/certification/v4/rootcacrl", { status: 404 });
    const found = await findDcapEndorsements(world.kept.library, mintIntelQuote(kind, pki), signal);
    // No list of the root's own: nothing below it can be believed.
    expect(found.missing).toContain("intel/crl/root");
  });

  it("asks for the root's list where Intel has it, and for the update that was configured", async () => {
    const pki = mintIntelPki();
    await using world = await setUp(pki);
    const rootCrlUrl = `${world.services.url}/IntelSGXRootCA.der`;
    const { rootCrl } = {
      rootCrl: Buffer.from(intelContent(pki)().tdx["root_ca_crl"] ?? "", "hex"),
    };
    world.services.replace("/IntelSGXRootCA.der", { body: rootCrl });
    const intel = { ...world.intel, rootCrlUrl, update: "early" as const };
    const library = await world.kept.open({ intel });
    const found = await findDcapEndorsements(library, mintIntelQuote("td15-5", pki), signal);
    expect(found.missing).toEqual([]);
    expect(world.services.requests).toContain("/IntelSGXRootCA.der");
    expect(world.services.requests.filter((path) => path.includes("update=early")).length).toBe(2);
  });

  it.each([
    [2, 256],
    [3, 384],
  ])("finds the PCK certificate of a quote with data of type %d", async (type, ppidBytes) => {
    const pki = mintIntelPki();
    await using world = await setUp(pki);
    const quote = withoutChain(mintIntelQuote("td10-4", pki), type, ppidBytes);
    const found = await findDcapEndorsements(world.kept.library, quote, signal);
    expect(found.missing).toEqual([]);
    expect(verify(pki, quote, found.files)).toMatchObject({ kind: "verified" });
    const asked = world.services.requests.find((path) => path.includes("/pckcert?")) ?? "";
    const query = new URLSearchParams(asked.slice(asked.indexOf("?")));
    expect(query.get("encrypted_ppid")).toBe("ee".repeat(ppidBytes));
    expect([query.get("pcesvn"), query.get("pceid")]).toEqual(["0505", "0505"]);
  });

  it("has no way from a quote that names its platform in clear", async () => {
    const pki = mintIntelPki();
    await using world = await setUp(pki);
    const quote = withoutChain(mintIntelQuote("td10-4", pki), 1, 384);
    expect(await findDcapEndorsements(world.kept.library, quote, signal)).toEqual({
      files: [],
      missing: ["intel/pck"],
    });
  });
});
