// SPDX-License-Identifier: Apache-2.0
/** First publishes over the real socket, with a real tmpfs. */

import { lstat, readdir, readFile, readlink, stat } from "node:fs/promises";
import { join } from "node:path";
import { status } from "@grpc/grpc-js";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { canaryToken, connectDriver, publishCall, tokensFor } from "./__fixtures__/calls.ts";
import { createSandbox, type RunningUnderTest, type Sandbox } from "./__fixtures__/sandbox.ts";

const canaryValue = "canary-value-7f3a";
const good = { secrets: { "db-password": canaryValue, other: "second" }, denied: {}, uid: "v1" };

let sandbox: Sandbox;
let plugin: RunningUnderTest;
let driver: ReturnType<typeof connectDriver>;

beforeAll(async () => {
  sandbox = await createSandbox();
  plugin = await sandbox.start(good);
  driver = connectDriver(sandbox.config.pluginSocket);
});

afterAll(async () => {
  driver.close();
  await sandbox[Symbol.asyncDispose]();
});

async function expectNothingAt(target: string): Promise<void> {
  await expect(lstat(target)).rejects.toMatchObject({ code: "ENOENT" });
  await expect(lstat(sandbox.seen(target))).rejects.toMatchObject({ code: "ENOENT" });
  expect(await sandbox.mounts()).not.toContain(target);
}

describe("a first publish", () => {
  it("mounts what was released, world-readable, on a tmpfs of its own", async () => {
    const target = await sandbox.target("plain");
    const result = await driver.publish(publishCall(target, {}, { secrets: "db-password,other" }));
    expect(result).toEqual({ code: status.OK, details: "" });
    const seen = sandbox.seen(target);
    expect(await readFile(join(seen, "db-password"), "utf8")).toBe(canaryValue);
    expect(await readFile(join(seen, "other"), "utf8")).toBe("second");
    expect((await stat(join(seen, "other"))).mode & 0o7777).toBe(0o444);
    expect((await stat(seen)).mode & 0o7777).toBe(0o755);
    expect(await readlink(join(seen, "other"))).toBe("..data/other");
    const line = (await sandbox.mounts()).split("\n").find((text) => text.includes(target)) ?? "";
    expect(line).toMatch(/nosuid,nodev,noexec.* - tmpfs strongroom .*size=1024k,nr_inodes=1024/);
    expect(line).toContain("noswap");
    expect(await readdir(target)).toEqual([]);
  });

  it("gives the files to the pod's group and to nobody else", async () => {
    const target = await sandbox.target("group");
    const mount = { fsType: "", mountFlags: [], volumeMountGroup: "4711" };
    const result = await driver.publish(publishCall(target, { volumeCapability: { mount } }));
    expect(result.code).toBe(status.OK);
    const [directory, file] = await Promise.all([
      stat(sandbox.seen(target)),
      stat(join(sandbox.seen(target), "db-password")),
    ]);
    expect([directory.mode & 0o7777, directory.uid, directory.gid]).toEqual([0o2750, 0, 4711]);
    expect([file.mode & 0o7777, file.uid, file.gid]).toEqual([0o440, 0, 4711]);
  });

  it("names what was denied and leaves neither mount nor directory", async () => {
    const target = await sandbox.target("denied");
    await plugin.vault({ denied: { other: "PolicyDenied" } });
    const result = await driver.publish(publishCall(target, {}, { secrets: "db-password,other" }));
    await plugin.vault(good);
    expect(result).toEqual({
      code: status.PERMISSION_DENIED,
      details: "release denied: secrets/other: PolicyDenied",
    });
    await expectNothingAt(target);
  });

  it.each(["ResponseUntrusted", "TokenInvalid", "Forbidden"] as const)(
    "takes an unsigned answer (%s) for no answer and mounts nothing",
    async (releaseFails) => {
      const target = await sandbox.target(releaseFails.toLowerCase());
      await plugin.vault({ releaseFails });
      const result = await driver.publish(publishCall(target));
      await plugin.vault({ releaseFails: undefined });
      expect(result.code).toBe(status.UNAVAILABLE);
      await expectNothingAt(target);
    },
  );

  it("mounts nothing when a secret is not the one asked for", async () => {
    const target = await sandbox.target("swapped");
    await plugin.vault({ wrongId: "https://vault.ns.svc/secrets/other/0" });
    const result = await driver.publish(publishCall(target));
    await plugin.vault({ wrongId: undefined });
    expect(result.code).toBe(status.UNAVAILABLE);
    await expectNothingAt(target);
  });

  it("waits inside the call for a vault that is away, and goes on when it is back", async () => {
    const target = await sandbox.target("waits");
    await plugin.vault({ releaseFails: "VaultUnavailable" });
    const pending = driver.publish(publishCall(target));
    await new Promise((resolve) => setTimeout(resolve, 400));
    await plugin.vault({ releaseFails: undefined });
    expect((await pending).code).toBe(status.OK);
  });

  it("gives up with a code that kubelet retries when the vault stays away, and names the vault", async () => {
    const target = await sandbox.target("away");
    await plugin.vault({ releaseFails: "VaultUnavailable" });
    const result = await driver.publish(publishCall(target));
    await plugin.vault({ releaseFails: undefined });
    expect(result).toEqual({
      code: status.UNAVAILABLE,
      details: "vault vault in namespace ns does not answer: it is away or does not exist",
    });
    await expectNothingAt(target);
  });

  it("says why the vault does not believe the node, and mounts nothing", async () => {
    const target = await sandbox.target("refused");
    await plugin.vault({ attestFails: "BindingMismatch", nextReleaseFails: "TargetInvalid" });
    const result = await driver.publish(publishCall(target));
    await plugin.vault({ attestFails: undefined, nextReleaseFails: undefined });
    expect(result).toEqual({
      code: status.PERMISSION_DENIED,
      details: "node attestation refused: BindingMismatch",
    });
    await expectNothingAt(target);
    // A refusal is remembered for five seconds, and no longer.
    await new Promise((resolve) => setTimeout(resolve, 5_100));
    expect((await driver.publish(publishCall(target))).code).toBe(status.OK);
  });

  it("attests anew, once, when the vault no longer takes the session", async () => {
    const target = await sandbox.target("expired");
    const before = await plugin.vault({ nextReleaseFails: "TargetExpired" });
    expect((await driver.publish(publishCall(target))).code).toBe(status.OK);
    const after = await plugin.vault({});
    expect(after.counts.attestations).toBe(before.counts.attestations + 1);
  });

  it("finds out by itself that another vault stands behind the name", async () => {
    const target = await sandbox.target("replaced");
    await plugin.vault({ uid: "v2" });
    expect((await driver.publish(publishCall(target))).code).toBe(status.OK);
    await plugin.vault(good);
    expect((await driver.publish(publishCall(await sandbox.target("back")))).code).toBe(status.OK);
  });

  it("answers Aborted while a call for the same target is in flight", async () => {
    const target = await sandbox.target("twice");
    await plugin.vault({ delayMs: 300 });
    const first = driver.publish(publishCall(target));
    await new Promise((resolve) => setTimeout(resolve, 100));
    const second = await driver.publish(publishCall(target));
    await plugin.vault({ delayMs: 0 });
    expect(second.code).toBe(status.ABORTED);
    expect((await first).code).toBe(status.OK);
  });

  it("refuses more than a volume holds, before it mounts anything", async () => {
    const target = await sandbox.target("large");
    const secrets = Object.fromEntries(
      Array.from({ length: 25 }, (_, index) => [`large-${index}`, "x".repeat(25_000)]),
    );
    await plugin.vault({ secrets });
    const names = Object.keys(secrets).join(",");
    const result = await driver.publish(publishCall(target, {}, { secrets: names }));
    await plugin.vault(good);
    expect(result.code).toBe(status.RESOURCE_EXHAUSTED);
    await expectNothingAt(target);
  });

  it.each([
    ["a name that climbs", { secrets: "../../etc/passwd" }],
    ["an absolute path", { secrets: "/etc/passwd" }],
    ["two spellings of one name", { secrets: "db-password,DB-Password" }],
    ["an attribute that it does not know", { projection: "p" }],
    ["a token in the attributes", { "csi.storage.k8s.io/serviceAccount.tokens": canaryToken }],
    ["a vault of another namespace", { vault: "vault.other" }],
  ])("refuses %s", async (_, context) => {
    const target = await sandbox.target("invalid");
    const result = await driver.publish(publishCall(target, {}, context));
    expect(result.code).toBe(status.INVALID_ARGUMENT);
    expect(result.details).not.toContain(canaryToken);
    await expectNothingAt(target);
  });

  it("refuses a volume without a token, and one with secrets of the pod's author", async () => {
    const target = await sandbox.target("tokens");
    const without = await driver.publish(publishCall(target, { secrets: {} }));
    expect(without.code).toBe(status.FAILED_PRECONDITION);
    const secrets = { ...tokensFor(canaryToken), password: "p" };
    const withRef = await driver.publish(publishCall(target, { secrets }));
    expect(withRef.code).toBe(status.INVALID_ARGUMENT);
    await expectNothingAt(target);
  });

  it("refuses a target outside kubelet's pods", async () => {
    const result = await driver.publish(publishCall("/etc"));
    expect(result.code).toBe(status.INVALID_ARGUMENT);
  });

  it("has written neither a token nor a value anywhere in its log", async () => {
    expect(plugin.output()).toContain("call failed");
    expect(plugin.output()).not.toContain(canaryToken);
    expect(plugin.output()).not.toContain(canaryValue);
  });
});
