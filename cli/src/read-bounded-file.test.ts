// SPDX-License-Identifier: Apache-2.0
import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { readBoundedFile, readFileUpTo } from "./read-bounded-file.ts";

describe("a file that an option names", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "bounded-"));
  });
  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  it("is read whole up to the bound, and refused beyond it", async () => {
    const path = join(folder, "file");
    for (const length of [0, 1, 10]) {
      await writeFile(path, new Uint8Array(length).fill(7));
      expect(await readFileUpTo(10, path)).toEqual(new Uint8Array(length).fill(7));
    }
    await writeFile(path, new Uint8Array(11));
    await expect(readFileUpTo(10, path)).rejects.toThrow(`${path} is longer than 10 bytes`);
  });

  it("is refused where it has no end and says it has no size", async () => {
    await expect(readBoundedFile("/dev/zero")).rejects.toThrow("longer than 4194304 bytes");
  });

  it("may be a pipe", async () => {
    const path = join(folder, "pipe");
    const script = `mkfifo "$0" && echo ready && printf evidence >"$0"`;
    const writer = spawn("sh", ["-c", script, path], { stdio: ["ignore", "pipe", "ignore"] });
    for await (const _ of writer.stdout) {
      break;
    }
    expect(Buffer.from(await readBoundedFile(path)).toString()).toBe("evidence");
  });

  it("is refused where it is none", async () => {
    for (const path of [folder, join(folder, "absent")]) {
      await expect(readBoundedFile(path)).rejects.toThrow(`cannot read ${path}`);
    }
  });
});
