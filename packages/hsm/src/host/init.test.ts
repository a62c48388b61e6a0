// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it } from "@jest/globals";
import { toHex, utf8 } from "@strongroom/core";
import {
  connect,
  type Folders,
  init,
  makeFolders,
  plantObjects,
  run,
  startHost,
} from "../__fixtures__/host-process.ts";

async function filesUnder(folder: string): Promise<ReadonlyMap<string, Buffer>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  const contents = await Promise.all(
    paths.map(async (path) => [path, await readFile(path)] as const),
  );
  return new Map(contents);
}

async function isFoundOnDisk(folders: Folders, needle: Uint8Array): Promise<boolean> {
  const files = await filesUnder(folders.data);
  return [...files.values()].some((content) => content.includes(needle));
}

async function serves(folders: Folders): Promise<void> {
  await using host = await startHost(folders);
  await using client = await connect(folders);
  expect(await client.status()).toMatchObject({ initialised: true });
  expect(await host.stop()).toBe(0);
}

describe("the init step", () => {
  it("makes a token that serves, with a PIN file of 32 characters that only its owner reads", async () => {
    await using folders = await makeFolders();
    expect(await init(folders)).toBe(0);
    const pin = join(folders.data, "pin");
    expect((await stat(pin)).mode & 0o777).toBe(0o400);
    expect((await stat(join(folders.data, "tokens"))).mode & 0o777).toBe(0o700);
    expect(await readFile(pin, "latin1")).toMatch(/^[\w-]{32}$/);
    expect((await readdir(folders.data)).sort()).toEqual([
      "kryoptic.conf",
      "pin",
      "pin.officer",
      "softhsm2.conf",
      "tokens",
    ]);
    expect((await stat(join(folders.data, "pin.officer"))).mode & 0o777).toBe(0o400);
    await serves(folders);
  });

  it("leaves an initialised token alone", async () => {
    await using folders = await makeFolders();
    await init(folders);
    const before = await filesUnder(folders.data);
    expect(await init(folders)).toBe(0);
    expect(await filesUnder(folders.data)).toEqual(before);
  });

  it("throws away what is half made, whatever is there of it", async () => {
    await using folders = await makeFolders();
    await mkdir(join(folders.data, "tokens.new", "half"), { recursive: true });
    await writeFile(join(folders.data, "tokens.new", "half", "token.object"), "half");
    await writeFile(join(folders.data, "softhsm2.conf"), "directories.tokendir = /nowhere");
    await writeFile(join(folders.data, "pin"), "another", { mode: 0o400 });
    await writeFile(join(folders.data, "pin.tmp"), "another", { mode: 0o400 });
    expect(await init(folders)).toBe(0);
    expect(existsSync(join(folders.data, "tokens.new"))).toBe(false);
    expect(await readdir(join(folders.data, "tokens"))).toHaveLength(1);
    await serves(folders);
  });

  it("makes no token until it is told which security domain it is to have", async () => {
    await using folders = await makeFolders({ domain: undefined });
    expect(await init(folders)).toBe(64);
    expect(existsSync(join(folders.data, "tokens"))).toBe(false);
  });

  it("works after it was killed at any moment", async () => {
    await using folders = await makeFolders();
    const ends: (number | string)[] = [];
    // Node takes some 300 ms before the first file is there, more on a busy machine: the last attempt is not killed.
    for (let wait = 250; !ends.includes(0) && wait < 20_000; wait += 25) {
      const attempt = run("init", folders);
      const killed = delay(wait, undefined, { ref: false });
      void killed.then(() => attempt.child.kill("SIGKILL"));
      ends.push(await attempt.ended);
    }
    expect(ends[0]).toBe("SIGKILL");
    expect(await init(folders)).toBe(0);
    await serves(folders);
  }, 120_000);

  it("does not make a new token where a token is without its PIN", async () => {
    await using folders = await makeFolders();
    await init(folders);
    await rm(join(folders.data, "pin"));
    const before = await filesUnder(folders.data);
    const again = run("init", folders);
    expect(await again.ended).toBe(78);
    expect(again.lines.join()).toContain("PIN file");
    expect(await filesUnder(folders.data)).toEqual(before);
  });

  it("leaves no key encryption key in clear on the volume", async () => {
    await using folders = await makeFolders();
    await init(folders);
    const [publicValue, privateValue] = [randomBytes(32), randomBytes(32)];
    const planted = run("plant", folders, {
      program: plantObjects,
      args: [toHex(publicValue), toHex(privateValue)],
    });
    expect(await planted.ended).toBe(0);
    // The control: what is not private lies in clear, and this search finds it.
    expect(await isFoundOnDisk(folders, publicValue)).toBe(true);
    expect(await isFoundOnDisk(folders, utf8("planted-public"))).toBe(true);
    // Of a private object SoftHSM encrypts every attribute of bytes, value and label alike.
    expect(await isFoundOnDisk(folders, privateValue)).toBe(false);
    expect(await isFoundOnDisk(folders, utf8("planted-private"))).toBe(false);
    for (const label of ["kek-n-1", "kek-e-1", "kek-s-1", "kek-a-1"]) {
      expect(await isFoundOnDisk(folders, utf8(label))).toBe(false);
    }
  });

  it("leads to a host that refuses a token with other objects than its keys", async () => {
    await using folders = await makeFolders();
    await init(folders);
    const args = [toHex(randomBytes(32)), toHex(randomBytes(32))];
    await run("plant", folders, { program: plantObjects, args }).ended;
    const host = run("serve", folders);
    expect(await host.ended).toBe(78);
    expect(host.lines.join()).toContain("a key that is not one of ours");
  });
});
