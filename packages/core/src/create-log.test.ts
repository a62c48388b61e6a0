// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from "node:child_process";
import { inspect } from "node:util";
import { describe, expect, it } from "@jest/globals";
import { SecretBytes } from "./secret-bytes.ts";

describe("secret bytes", () => {
  it("print as [secret] everywhere, and are wiped when their scope ends", () => {
    const bytes = new TextEncoder().encode("canary");
    {
      using secret = new SecretBytes(bytes);
      expect(`${secret}`).toBe("[secret]");
      expect(JSON.stringify({ secret })).toBe('{"secret":"[secret]"}');
      expect(inspect({ secret })).not.toContain("99");
      expect(secret.reveal()).toBe(bytes);
    }
    expect([...bytes]).toEqual([0, 0, 0, 0, 0, 0]);
  });
});

describe("the log", () => {
  // A process of its own: what counts is what reaches the outside.
  const script = `
    import { createLog, StrongroomError } from "@strongroom/core";
    const log = createLog({ component: "test", level: "debug" });
    const cause = Object.assign(new Error("canary-cause"), { code: "ECAUSE", value: "canary-member" });
    log.failure("it failed", new StrongroomError("NotFound", "no such thing", { cause }), { vault: "v" });
    log.failure("it failed", new TypeError("canary-foreign"));
    log.info("fields", { vault: { secret: "canary-object" }, name: Buffer.from("canary-buffer"), count: 3 });
  `;
  const output = spawnSync(
    process.execPath,
    ["--conditions=@strongroom/source", "--input-type=module-typescript", "-e", script],
    { encoding: "utf8", cwd: new URL(".", import.meta.url) },
  );

  it("writes JSON lines with code and reason of our errors", () => {
    const [first, second, third] = output.stderr
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(first).toMatchObject({
      component: "test",
      level: "error",
      message: "it failed",
      code: "NotFound <- ECAUSE",
      reason: "no such thing",
      vault: "v",
    });
    expect(second).toMatchObject({ code: "TypeError" });
    expect(third).toMatchObject({ message: "fields", count: 3 });
  });

  it("never writes a foreign error's words, an object or a buffer", () => {
    expect(output.stderr).not.toContain("canary");
    expect(output.stderr).not.toContain("99,97,110");
    expect(output.stdout).toBe("");
  });
});
