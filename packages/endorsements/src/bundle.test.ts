// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { utf8 } from "@strongroom/core";
import {
  intelContent,
  intelFingerprint,
  mintIntelPki,
  startVendorServices,
} from "@strongroom/testing";
import { day, makeTestLibrary } from "./__fixtures__/test-library.ts";
import { intelRootOf } from "./__fixtures__/test-vendors.ts";
import { exportBundle, importBundle } from "./bundle.ts";

const { signal } = new AbortController();
const names = ["intel/crl/platform", "intel/crl/root", "intel/identity/QE"];

async function setUp() {
  const pki = mintIntelPki();
  await using services = await startVendorServices({ intel: intelContent(pki) });
  const roots = { intel: [intelRootOf(intelFingerprint(pki.root))] };
  const sources = { intel: { url: services.url, ca: services.ca } };
  await using connected = await makeTestLibrary({ sources, roots });
  const bundle = exportBundle(await connected.library.find({ names }, signal));
  const offline = await makeTestLibrary({ sources: {}, roots });
  return { bundle, offline, [Symbol.asyncDispose]: offline[Symbol.asyncDispose] };
}

describe("a bundle of endorsements", () => {
  it("carries them to where no network is", async () => {
    await using world = await setUp();
    const { library } = world.offline;
    expect(await library.find({ names }, signal)).toEqual([]);
    const imported = await importBundle(library, utf8(world.bundle));
    expect(imported).toEqual({ taken: names, older: [] });
    expect((await library.find({ names }, signal)).map(({ name }) => name)).toEqual(names);
  });

  it("counts as long as what is in it, whatever it says itself", async () => {
    await using world = await setUp();
    const { library, advance } = world.offline;
    advance(365 * day);
    await expect(importBundle(library, utf8(world.bundle))).rejects.toMatchObject({
      code: "EvidenceRefused",
    });
    expect(await world.offline.files()).toEqual([]);
  });

  it.each([
    [
      "a byte of a file changed",
      (text: string) => text.replace(/"files": \[\s+"..../, (found) => `${found.slice(0, -1)}A`),
    ],
    ["an end changed", (text: string) => text.replace(/"nextUpdate": \d/, '"nextUpdate": 9')],
    ["a name changed", (text: string) => text.replace("intel/crl/root", "intel/crl/roof")],
    ["half a character", (text: string) => text.replace("intel/crl/root", "intel/crl/\\ud800")],
    ["its end cut off", (text: string) => text.slice(0, -20)],
    ["another format", (text: string) => text.replace("endorsements/v1", "endorsements/v2")],
    ["something more", (text: string) => text.replace('"format"', '"more": 1, "format"')],
  ])("is refused with %s", async (_, change) => {
    await using world = await setUp();
    const changed = change(world.bundle);
    expect(changed).not.toBe(world.bundle);
    await expect(importBundle(world.offline.library, utf8(changed))).rejects.toMatchObject({
      code: "EvidenceMalformed",
    });
    expect(await world.offline.files()).toEqual([]);
  });

  it("is refused for its number of members before any of them is looked at", async () => {
    await using world = await setUp();
    const members = Array.from({ length: 100 }, (_, index) => `"n${index}" : 1`);
    const changed = world.bundle.replace('"format"', `${members.join()}, "format"`);
    await expect(importBundle(world.offline.library, utf8(changed))).rejects.toMatchObject({
      code: "EvidenceMalformed",
      cause: { message: "more members than endorsements have" },
    });
  });

  it("is refused under roots that are not its vendors'", async () => {
    await using world = await setUp();
    const other = { intel: [intelRootOf("00".repeat(32))] };
    await using elsewhere = await makeTestLibrary({ sources: {}, roots: other });
    await expect(importBundle(elsewhere.library, utf8(world.bundle))).rejects.toMatchObject({
      code: "EvidenceRefused",
    });
  });
});
