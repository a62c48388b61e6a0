// SPDX-License-Identifier: Apache-2.0
/** Atomicity of a volume's content, and what a pod that may write to its volume can make us do. */

import {
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rm,
  symlink,
  unlink,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { SecretBytes, utf8 } from "@strongroom/core";
import { accessFor } from "./access.ts";
import { holds, isComplete } from "./read-volume.ts";
import type { SecretFile } from "./secret-file.ts";
import { wipeVolume } from "./wipe-volume.ts";
import { writeVolume } from "./write-volume.ts";

let volume: string;

beforeEach(async () => {
  volume = await mkdtemp(join(tmpdir(), "volume-"));
});

afterEach(async () => {
  await rm(volume, { recursive: true });
});

function files(contents: Readonly<Record<string, string>>): readonly SecretFile[] {
  return Object.entries(contents).map(([name, text]) => ({
    name,
    content: new SecretBytes(utf8(text)),
  }));
}

async function write(contents: Readonly<Record<string, string>>, pause = 0): Promise<void> {
  const beforeRemoval = () => delay(pause);
  const at = new Date("2026-01-01T00:00:00Z");
  await writeVolume(volume, files(contents), { access: accessFor(undefined), at, beforeRemoval });
}

const read = (name: string) => readFile(join(volume, name), "utf8");

describe("writeVolume", () => {
  it("shows a reader all of one set, whenever it looks", async () => {
    await write({ left: "0", right: "0" });
    const controller = new AbortController();
    const seen = new Set<string>();
    const reader = (async () => {
      while (!controller.signal.aborted) {
        // One look at the link, then as many files as one likes: how a program reads a set.
        const set = join(volume, "..data");
        const generation = await readFile(join(set, "left"), "utf8");
        expect(generation).not.toBe("");
        const directory = join(volume, await readlink(set));
        const pair = [
          await readFile(join(directory, "left"), "utf8"),
          await readFile(join(directory, "right"), "utf8"),
        ];
        expect(pair[0]).toBe(pair[1]);
        seen.add(pair[0] ?? "");
      }
    })();
    for (let version = 1; version <= 40; version += 1) {
      const value = String(version).repeat(2_000);
      await write({ left: value, right: value }, 20);
    }
    controller.abort();
    await reader;
    expect(seen.size).toBeGreaterThan(10);
  });

  it("removes what is no longer asked for, and every older set", async () => {
    await write({ kept: "1", dropped: "1" });
    await write({ kept: "2" });
    const names = await readdir(volume);
    expect(names.filter((name) => !name.startsWith(".."))).toEqual(["kept"]);
    expect(names).toHaveLength(3);
    expect(await read("kept")).toBe("2");
  });

  it("keeps the old set and leaves no trace of a new one that could not be written", async () => {
    await write({ a: "1" });
    await expect(write({ a: "2", "no/such/directory": "2" })).rejects.toThrow("ENOENT");
    expect(await read("a")).toBe("1");
    expect(await readdir(volume)).toHaveLength(3);
  });

  it("follows no link that a pod put into its volume", async () => {
    const outside = await mkdtemp(join(tmpdir(), "outside-"));
    await writeFile(join(outside, "a"), "untouched");
    await write({ a: "1" });
    for (const name of ["..data", "a"]) {
      await unlink(join(volume, name));
      await symlink(name === "a" ? join(outside, "a") : outside, join(volume, name));
    }
    await symlink(outside, join(volume, "..trap"));
    await mkdir(join(volume, "..stale"));
    await symlink(join(outside, "a"), join(volume, "..stale/a"));
    await wipeVolume(volume);
    await write({ a: "2" });
    expect(await read("a")).toBe("2");
    expect(await readFile(join(outside, "a"), "utf8")).toBe("untouched");
    await rm(outside, { recursive: true });
  });
});

describe("a volume", () => {
  it("is complete once its data link is there, and not before", async () => {
    expect(await isComplete(volume)).toBe(false);
    await mkdir(join(volume, "..2026-half"));
    expect(await isComplete(volume)).toBe(false);
    await write({ a: "1" });
    expect(await isComplete(volume)).toBe(true);
  });

  it("is not taken for complete when its data link leads elsewhere", async () => {
    await symlink("/etc", join(volume, "..data"));
    expect(await isComplete(volume)).toBe(false);
    expect(await holds(volume, files({ passwd: "" }))).toBe(false);
  });

  it.each([
    ["the same files", { a: "1", b: "2" }, true],
    ["another value", { a: "1", b: "3" }, false],
    ["one file less", { a: "1" }, false],
    ["one file more", { a: "1", b: "2", c: "" }, false],
  ])("holds or does not hold %s", async (_, wanted, expected) => {
    await write({ a: "1", b: "2" });
    expect(await holds(volume, files(wanted))).toBe(expected);
  });

  it("is all zeros after wiping", async () => {
    await write({ a: "secret" });
    await wipeVolume(volume);
    expect(await read("a")).toBe("\0".repeat(6));
  });
});
