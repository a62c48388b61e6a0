// SPDX-License-Identifier: Apache-2.0
import { readFile, writeFile } from "node:fs/promises";
import { describe, expect, it } from "@jest/globals";
import {
  createAmdVendor,
  type IntelPki,
  type IntelStatement,
  intelContent,
  makeAmdReport,
  mintIntelCrl,
  mintIntelPki,
  mintIntelQuote,
  pemOf,
  startVendorServices,
} from "@strongroom/testing";
import { makeTestFolder, strongroom } from "../__fixtures__/strongroom.ts";

const bundle = ["attestation", "bundle"] as const;
const day = 86_400_000;

/** Valid now: the command has no other clock than the machine's. */
function currentContent(pki: IntelPki) {
  const [before, after] = [-1, 30].map((days) => new Date(Date.now() + days * day));
  const span = { thisUpdate: before ?? new Date(), nextUpdate: after ?? new Date() };
  const date = (statement: IntelStatement) => {
    statement.issueDate = `${span.thisUpdate.toISOString().slice(0, 19)}Z`;
    statement.nextUpdate = `${span.nextUpdate.toISOString().slice(0, 19)}Z`;
  };
  return intelContent(pki, () => ({
    ...{ tcbInfo: date, identity: date },
    rootCrl: mintIntelCrl({ issuer: pki.root, ...span }),
    pckCrl: mintIntelCrl({ issuer: pki.ca, ...span }),
  }));
}

describe("strongroom attestation bundle", () => {
  it("fetches what a quote needs, carries it, and takes it where no network is", async () => {
    const pki = mintIntelPki();
    await using services = await startVendorServices({ intel: currentContent(pki) });
    await using folder = await makeTestFolder();
    const { path } = folder;
    await writeFile(path("root.pem"), pemOf("CERTIFICATE", pki.root.der));
    await writeFile(path("ca.pem"), services.ca);
    await writeFile(path("quote.bin"), mintIntelQuote("td15-5", pki));
    const root = ["--trust-root", path("root.pem")];
    const exported = await strongroom(
      ...[...bundle, "export", "--cache", path("here"), "--output", path("bundle.json"), ...root],
      ...["--evidence", path("quote.bin"), "--intel-url", services.url, "--ca", path("ca.pem")],
    );
    expect(exported).toMatchObject({ code: 0, stderr: "strongroom: 4 endorsements written\n" });
    const imported = await strongroom(
      ...[...bundle, "import", path("bundle.json"), "--cache", path("there"), ...root],
    );
    expect(imported).toMatchObject({ code: 0, stderr: "strongroom: 4 endorsements taken\n" });
    const untrusted = await strongroom(
      ...[...bundle, "import", path("bundle.json"), "--cache", path("elsewhere")],
    );
    expect(untrusted.code).toBe(77);
    const text = await readFile(path("bundle.json"), "utf8");
    await writeFile(path("damaged.json"), text.replace('"fetchedAt": 1', '"fetchedAt": 2'));
    const damaged = await strongroom(
      ...[...bundle, "import", path("damaged.json"), "--cache", path("elsewhere"), ...root],
    );
    expect(damaged.code).toBe(65);
  }, 120_000);

  it("asks nobody whom nobody named, and says what is missing", async () => {
    const vendor = createAmdVendor("Milan");
    await using folder = await makeTestFolder();
    const { path } = folder;
    await writeFile(path("report.bin"), vendor.sign(makeAmdReport(vendor)));
    const args = [...bundle, "export", "--cache", path("here"), "--output", path("bundle.json")];
    const offline = await strongroom(...args, "--evidence", path("report.bin"));
    expect(offline).toMatchObject({
      code: 75,
      stderr: "strongroom: error: no endorsement amd/vcek/Milan to be had\n",
    });
    expect((await strongroom(...args)).code).toBe(66);
    expect((await strongroom(...args, "--amd-url", "http://kds.test")).code).toBe(64);
  }, 120_000);
});
