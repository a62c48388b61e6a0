// SPDX-License-Identifier: Apache-2.0
/** The folder that endorsements lie in, when somebody has changed it. */

import { readFile, writeFile } from "node:fs/promises";
import { describe, expect, it } from "@jest/globals";
import { numbered, setUp } from "./__fixtures__/intel-world.ts";
import { openEndorsementCache } from "./endorsement-cache.ts";

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

  it("cannot be a file", async () => {
    await using world = await setUp();
    await world.identity();
    const [file = ""] = await world.kept.files();
    await expect(openEndorsementCache(`${file}/below`)).rejects.toMatchObject({
      code: "StoreUnavailable",
    });
  });
});
