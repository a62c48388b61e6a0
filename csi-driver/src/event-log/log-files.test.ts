// SPDX-License-Identifier: Apache-2.0
/** Reading files of the kernel's and others: whole, bounded, and never for longer than there is something to read. */

import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { systemLogFiles } from "./log-files.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "log-files-"));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

describe("a log's file", () => {
  it("of the kernel is read to its end, though it says that it has no bytes", async () => {
    const path = "/proc/self/limits";
    expect((await stat(path)).size).toBe(0);
    const read = await systemLogFiles.read(path, 65_536);
    expect(Buffer.from(read).toString()).toBe(await readFile(path, "utf8"));
  });

  it.each([
    [7, 8],
    [8, 8],
    [9, 8],
    [100_000, 8],
    [100_000, 99_999],
    [100_000, 262_144],
  ])(
    "of %i bytes is read as far as it takes to see whether it has more than %i",
    async (size, most) => {
      const path = join(folder, "log");
      const content = Uint8Array.from({ length: size }, (_, index) => index % 251);
      await writeFile(path, content);
      const read = await systemLogFiles.read(path, most);
      expect(Buffer.compare(read, content.subarray(0, most + 1))).toBe(0);
    },
  );

  it("that is a pipe without a writer is empty, and holds nobody up", async () => {
    const path = join(folder, "pipe");
    execFileSync("mkfifo", [path]);
    expect(await systemLogFiles.read(path, 8)).toEqual(new Uint8Array());
  });

  it.each([
    ["none", "none", "ENOENT"],
    ["a folder", ".", "EISDIR"],
  ])("that is %s fails as the kernel says", async (_, name, code) => {
    await expect(systemLogFiles.read(join(folder, name), 8)).rejects.toMatchObject({ code });
  });
});
