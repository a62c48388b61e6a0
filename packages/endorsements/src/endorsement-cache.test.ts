// SPDX-License-Identifier: Apache-2.0
/** The folder that endorsements lie in, when somebody has changed it. */

import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { numbered, setUp } from "./__fixtures__/intel-world.ts";
import { start } from "./__fixtures__/test-library.ts";
import { openEndorsementCache } from "./endorsement-cache.ts";
import * as limits from "./limits.ts";

describe("the folder of endorsements", () => {
  const damage = async (world: Awaited<ReturnType<typeof setUp>>, ending: string) => {
    for (const path of (await world.kept.files()).filter((one) => one.endsWith(ending))) {
      const bytes = await readFile(path);
      bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1);
      await writeFile(path, bytes);
    }
  };

  it("asks again for what is damaged, and does not take an older one in its place", async () => {
    await using world = await setUp();
    await world.identity();
    await damage(world, ".entry");
    world.state.changes = numbered(19);
    expect(await world.identity()).toBeUndefined();
    world.state.changes = numbered(20);
    expect(await world.identity()).toBe(20n);
  });

  it("asks again for what was cut short or put under another name", async () => {
    await using world = await setUp();
    await world.identity();
    const entries = (await world.kept.files()).filter((one) => one.endsWith(".entry"));
    const [first = "", second = "", third = ""] = entries;
    await writeFile(first, (await readFile(first)).subarray(0, 40));
    await writeFile(second, await readFile(third));
    expect(await world.identity()).toBe(20n);
    expect(world.services.requests.length).toBe(5);
  });

  it("has no entry that is longer than any may be", async () => {
    const folder = await mkdtemp(join(tmpdir(), "endorsements-"));
    const cache = await openEndorsementCache(folder);
    const entry = (length: number) => ({
      ...{ name: "amd/chain/Milan/vcek", files: [new Uint8Array(length)] },
      ...{ fetchedAt: start, age: {} },
    });
    await cache.write(entry(3_000_000));
    expect((await cache.read("amd/chain/Milan/vcek"))?.files[0]).toHaveLength(3_000_000);
    await cache.write(entry(3_200_000));
    expect(await cache.read("amd/chain/Milan/vcek")).toBeUndefined();
    expect(await cache.list()).toEqual([]);
    await rm(folder, { recursive: true });
  });

  it("has as many as it may, and lets go of the one that was written longest ago", async () => {
    const folder = await mkdtemp(join(tmpdir(), "endorsements-"));
    const cache = await openEndorsementCache(folder);
    const names = Array.from({ length: limits.entries }, (_, index) => `${index}.entry`);
    await Promise.all(names.slice(1).map((name) => writeFile(join(folder, name), "")));
    const entries = async () => (await readdir(folder)).filter((name) => name.endsWith(".entry"));
    const write = (name: string) => cache.write({ name, files: [], fetchedAt: start, age: {} });
    await write("amd/chain/Milan/vcek");
    expect(await entries()).toHaveLength(limits.entries);
    await utimes(join(folder, "7.entry"), new Date(0), new Date(1));
    await write("amd/chain/Genoa/vcek");
    expect(await entries()).toHaveLength(limits.entries);
    expect(await entries()).not.toContain("7.entry");
    expect(await cache.read("amd/chain/Milan/vcek")).toBeDefined();
    await rm(folder, { recursive: true });
  }, 60_000);

  it("cannot be a file", async () => {
    await using world = await setUp();
    await world.identity();
    const [file = ""] = await world.kept.files();
    await expect(openEndorsementCache(`${file}/below`)).rejects.toMatchObject({
      code: "StoreUnavailable",
    });
  });
});
