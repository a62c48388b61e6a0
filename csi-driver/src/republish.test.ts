// SPDX-License-Identifier: Apache-2.0
/** What happens to a volume after its first publish: republish, outage, restart, unpublish. */

import { lstat, readFile, readlink } from "node:fs/promises";
import { join } from "node:path";
import { status } from "@grpc/grpc-js";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { connectDriver, publishCall } from "./__fixtures__/calls.ts";
import { createSandbox, type RunningUnderTest, type Sandbox } from "./__fixtures__/sandbox.ts";

const first = { secrets: { "db-password": "one", other: "eins" }, denied: {} };
const second = { secrets: { "db-password": "two", other: "zwei" }, denied: {} };
const both = { secrets: "db-password,other" };

let sandbox: Sandbox;
let plugin: RunningUnderTest;
let driver: ReturnType<typeof connectDriver>;

beforeAll(async () => {
  sandbox = await createSandbox();
  plugin = await sandbox.start(first, { rightsFresh: 0 });
  driver = connectDriver(sandbox.config.pluginSocket);
});

afterAll(async () => {
  driver.close();
  await sandbox[Symbol.asyncDispose]();
});

const read = (target: string) => readFile(join(sandbox.seen(target), "db-password"), "utf8");

async function published(name: string): Promise<string> {
  const target = await sandbox.target(name);
  expect((await driver.publish(publishCall(target, {}, both))).code).toBe(status.OK);
  return target;
}

async function expectNothingAt(target: string): Promise<void> {
  await expect(lstat(sandbox.seen(target))).rejects.toMatchObject({ code: "ENOENT" });
  expect(await sandbox.mounts()).not.toContain(target);
}

describe("a republish", () => {
  it("puts a new value into place and removes the old one", async () => {
    const target = await published("rotated");
    const before = await readlink(join(sandbox.seen(target), "..data"));
    await plugin.vault(second);
    expect((await driver.publish(publishCall(target, {}, both))).code).toBe(status.OK);
    await plugin.vault(first);
    expect(await read(target)).toBe("two");
    await expect(lstat(join(sandbox.seen(target), before))).rejects.toThrow("ENOENT");
  });

  it("leaves the files untouched when nothing changed", async () => {
    const target = await published("same");
    const before = await readlink(join(sandbox.seen(target), "..data"));
    expect((await driver.publish(publishCall(target, {}, both))).code).toBe(status.OK);
    expect(await readlink(join(sandbox.seen(target), "..data"))).toBe(before);
  });

  it.each([
    ["the vault is away", { releaseFails: "VaultUnavailable" }],
    ["the answer is not signed by our vault", { releaseFails: "ResponseUntrusted" }],
    ["the release is denied", { denied: { "db-password": "Forbidden" } }],
    ["a secret was deleted", { secrets: { other: "eins" } }],
    ["the new values do not fit", { secrets: { "db-password": "x".repeat(500_000), other: "" } }],
  ] as const)("is OK and keeps the content when %s", async (_, change) => {
    const target = await published("kept");
    await plugin.vault(change);
    const result = await driver.publish(publishCall(target, {}, both));
    await plugin.vault({ ...first, releaseFails: undefined });
    expect(result.code).toBe(status.OK);
    expect(await read(target)).toBe("one");
    expect((await driver.unpublish(target)).code).toBe(status.OK);
  });

  it("is OK and keeps the content when the call itself is wrong", async () => {
    const target = await published("wrong");
    const result = await driver.publish(publishCall(target, { secrets: {} }, both));
    expect(result.code).toBe(status.OK);
    expect(await read(target)).toBe("one");
  });

  it("asks nobody while rights were checked a moment ago", async () => {
    await plugin.kill("SIGTERM");
    plugin = await sandbox.start(first);
    const target = await published("fresh");
    const before = await plugin.vault();
    expect((await driver.publish(publishCall(target, {}, both))).code).toBe(status.OK);
    expect((await plugin.vault()).counts.releases).toBe(before.counts.releases);
  });
});

describe("a restarted plugin", () => {
  it("knows its volumes again, and replaces the sockets of its killed predecessor", async () => {
    const target = await published("restart");
    await plugin.kill("SIGKILL");
    plugin = await sandbox.start({ ...second, releaseFails: "VaultUnavailable" });
    expect((await driver.publish(publishCall(target, {}, both))).code).toBe(status.OK);
    expect(await read(target)).toBe("one");
    await plugin.vault({ releaseFails: undefined });
    expect((await driver.publish(publishCall(target, {}, both))).code).toBe(status.OK);
    expect(await read(target)).toBe("two");
    await plugin.vault(first);
  });

  it("starts a volume over that its predecessor left half made", async () => {
    const target = await sandbox.target("half");
    await sandbox.run(["mkdir", target]);
    await sandbox.run(["mount", "-t", "tmpfs", "strongroom", target]);
    await sandbox.run(["mkdir", `${target}/..2026-half`]);
    expect((await driver.publish(publishCall(target, {}, both))).code).toBe(status.OK);
    expect(await read(target)).toBe("one");
    expect((await sandbox.mounts()).split(target)).toHaveLength(2);
  });

  it("leaves alone what somebody else mounted", async () => {
    const target = await sandbox.target("foreign");
    await sandbox.run(["mkdir", target]);
    await sandbox.run(["mount", "-t", "tmpfs", "foreign", target]);
    expect((await driver.publish(publishCall(target, {}, both))).code).toBe(status.ABORTED);
    expect((await driver.unpublish(target)).code).toBe(status.ABORTED);
    expect(await sandbox.mounts()).toContain(target);
  });
});

describe("an unpublish", () => {
  it("needs no vault, removes everything, and may be repeated", async () => {
    const target = await published("gone");
    await plugin.vault({ releaseFails: "VaultUnavailable", attestFails: "VaultUnavailable" });
    const held = await sandbox.open(join(target, "db-password"));
    expect((await driver.unpublish(target)).code).toBe(status.OK);
    expect((await driver.unpublish(target)).code).toBe(status.OK);
    await plugin.vault({ releaseFails: undefined, attestFails: undefined });
    await expectNothingAt(target);
    expect([...(await held.readFile())]).toEqual([0, 0, 0]);
    await held.close();
  });

  it("stops a publish that waits for the vault", async () => {
    const target = await sandbox.target("stopped");
    await plugin.vault({ releaseFails: "VaultUnavailable" });
    const pending = driver.publish(publishCall(target, {}, both));
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect((await driver.unpublish(target)).code).toBe(status.OK);
    await plugin.vault({ releaseFails: undefined });
    expect((await pending).code).toBe(status.ABORTED);
    await expectNothingAt(target);
  });

  it("refuses a path that leads through a link", async () => {
    const target = await sandbox.target("link");
    await sandbox.run(["ln", "-s", "/etc", target]);
    expect((await driver.unpublish(target)).code).toBe(status.INVALID_ARGUMENT);
    expect((await driver.unpublish(`${target}/ssh`)).code).toBe(status.INVALID_ARGUMENT);
    expect((await driver.publish(publishCall(target, {}, both))).code).toBe(
      status.INVALID_ARGUMENT,
    );
  });
});
