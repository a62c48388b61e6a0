// SPDX-License-Identifier: Apache-2.0
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "@jest/globals";
import { strongroom } from "./__fixtures__/strongroom.ts";

const checkout = fileURLToPath(new URL("../..", import.meta.url));

describe("the command line", () => {
  it("prints help that was asked for on standard output", async () => {
    const { code, stdout, stderr } = await strongroom("--help");
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toContain("dev [options]");
  });

  it("refuses an unknown command on standard error, and nothing else", async () => {
    const { code, stdout, stderr } = await strongroom("frob");
    expect([code, stdout]).toEqual([64, ""]);
    expect(stderr).toMatch(/^strongroom: error: unknown command 'frob'\n/);
  });

  it("refuses a port that is none", async () => {
    const { code, stderr } = await strongroom("dev", "--port", "x");
    expect([code, stderr]).toEqual([64, "strongroom: error: --port x is no TCP port\n"]);
  });

  it("runs with the project's Node.js whatever comes first on the path", async () => {
    const environment = { ...process.env, PATH: "/usr/bin:/bin" };
    const command = ["--no-install", "strongroom", "--help"];
    const { stdout } = await promisify(execFile)("npx", command, {
      cwd: checkout,
      env: environment,
    });
    expect(stdout).toContain("Usage: strongroom");
  });
});
