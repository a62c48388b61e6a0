// SPDX-License-Identifier: Apache-2.0
/** First publishes over the real socket, with a real tmpfs. */

import { readdir, readFile, readlink, stat } from "node:fs/promises";
import { join } from "node:path";
import { status } from "@grpc/grpc-js";
import { describe, expect, it } from "@jest/globals";
import { canaryToken, publishCall, tokensFor } from "./__fixtures__/calls.ts";
import { canaryValue, good, usePlugin } from "./__fixtures__/use-plugin.ts";

const now = usePlugin();

describe("a first publish", () => {
  it("mounts what was released, world-readable, on a tmpfs of its own", async () => {
    const target = await now.sandbox.target("plain");
    const result = await now.driver.publish(
      publishCall(target, {}, { secrets: "db-password,other" }),
    );
    expect(result).toEqual({ code: status.OK, details: "" });
    const seen = now.sandbox.seen(target);
    expect(await readFile(join(seen, "db-password"), "utf8")).toBe(canaryValue);
    expect(await readFile(join(seen, "other"), "utf8")).toBe("second");
    expect((await stat(join(seen, "other"))).mode & 0o7777).toBe(0o444);
    expect((await stat(seen)).mode & 0o7777).toBe(0o755);
    expect(await readlink(join(seen, "other"))).toBe("..data/other");
    const line =
      (await now.sandbox.mounts()).split("\n").find((text) => text.includes(target)) ?? "";
    expect(line).toMatch(/nosuid,nodev,noexec.* - tmpfs strongroom .*size=1024k,nr_inodes=1024/);
    expect(line).toContain("noswap");
    expect(await readdir(target)).toEqual([]);
  });

  it("gives the files to the pod's group and to nobody else", async () => {
    const target = await now.sandbox.target("group");
    const mount = { fsType: "", mountFlags: [], volumeMountGroup: "4711" };
    const result = await now.driver.publish(publishCall(target, { volumeCapability: { mount } }));
    expect(result.code).toBe(status.OK);
    const [directory, file] = await Promise.all([
      stat(now.sandbox.seen(target)),
      stat(join(now.sandbox.seen(target), "db-password")),
    ]);
    expect([directory.mode & 0o7777, directory.uid, directory.gid]).toEqual([0o2750, 0, 4711]);
    expect([file.mode & 0o7777, file.uid, file.gid]).toEqual([0o440, 0, 4711]);
  });

  it("puts unwrapped data keys beside secrets, all of them or nothing", async () => {
    const target = await now.sandbox.target("data-keys");
    const dataKey = "0123456789abcdef0123456789abcdef";
    const wrapped = "d3JhcHBlZA";
    await now.plugin.vault({ dataKeys: { [wrapped]: dataKey } });
    const asked = (value: string) =>
      publishCall(target, {}, { dataKeys: `january=kek:RSA-OAEP-256:${value}` });
    const denied = await now.driver.publish(asked("b3RoZXI"));
    expect([denied.code, denied.details]).toEqual([
      status.PERMISSION_DENIED,
      expect.stringContaining("release denied: keys/kek: NotFound"),
    ]);
    await now.expectNothingAt(target);
    expect((await now.driver.publish(asked(wrapped))).code).toBe(status.OK);
    const seen = now.sandbox.seen(target);
    expect(await readFile(join(seen, "january"), "utf8")).toBe(dataKey);
    expect(await readFile(join(seen, "db-password"), "utf8")).toBe(canaryValue);
  });

  it("names what was denied and leaves neither mount nor directory", async () => {
    const target = await now.sandbox.target("denied");
    await now.plugin.vault({ denied: { other: "PolicyDenied" } });
    const result = await now.driver.publish(
      publishCall(target, {}, { secrets: "db-password,other" }),
    );
    await now.plugin.vault(good);
    expect(result).toEqual({
      code: status.PERMISSION_DENIED,
      details: [
        "release denied: secrets/other: PolicyDenied; to see why: strongroom policy explain secrets/other",
        "--node node-1 --service-account ns/default --url https://vault.ns.svc",
        "--ca infrastructure-ca.crt --token-file token",
      ].join(" "),
    });
    await now.expectNothingAt(target);
  });

  it.each(["ResponseUntrusted", "TokenInvalid", "Forbidden"] as const)(
    "takes an unsigned answer (%s) for no answer and mounts nothing",
    async (releaseFails) => {
      const target = await now.sandbox.target(releaseFails.toLowerCase());
      await now.plugin.vault({ releaseFails });
      const result = await now.driver.publish(publishCall(target));
      await now.plugin.vault({ releaseFails: undefined });
      expect(result.code).toBe(status.UNAVAILABLE);
      await now.expectNothingAt(target);
    },
  );

  it("mounts nothing when a secret is not the one asked for", async () => {
    const target = await now.sandbox.target("swapped");
    await now.plugin.vault({ wrongId: "https://vault.ns.svc/secrets/other/0" });
    const result = await now.driver.publish(publishCall(target));
    await now.plugin.vault({ wrongId: undefined });
    expect(result.code).toBe(status.UNAVAILABLE);
    await now.expectNothingAt(target);
  });

  it("answers Aborted while a call for the same target is in flight", async () => {
    const target = await now.sandbox.target("twice");
    await now.plugin.vault({ delayMs: 300 });
    const first = now.driver.publish(publishCall(target));
    await new Promise((resolve) => setTimeout(resolve, 100));
    const second = await now.driver.publish(publishCall(target));
    await now.plugin.vault({ delayMs: 0 });
    expect(second.code).toBe(status.ABORTED);
    expect((await first).code).toBe(status.OK);
  });

  it("refuses more than a volume holds, before it mounts anything", async () => {
    const target = await now.sandbox.target("large");
    const secrets = Object.fromEntries(
      Array.from({ length: 25 }, (_, index) => [`large-${index}`, "x".repeat(25_000)]),
    );
    await now.plugin.vault({ secrets });
    const names = Object.keys(secrets).join(",");
    const result = await now.driver.publish(publishCall(target, {}, { secrets: names }));
    await now.plugin.vault(good);
    expect(result.code).toBe(status.RESOURCE_EXHAUSTED);
    await now.expectNothingAt(target);
  });

  it.each([
    ["a name that climbs", { secrets: "../../etc/passwd" }],
    ["an absolute path", { secrets: "/etc/passwd" }],
    ["two spellings of one name", { secrets: "db-password,DB-Password" }],
    ["an attribute that it does not know", { projection: "p" }],
    ["a token in the attributes", { "csi.storage.k8s.io/serviceAccount.tokens": canaryToken }],
    ["a vault of another namespace", { vault: "vault.other" }],
  ])("refuses %s", async (_, context) => {
    const target = await now.sandbox.target("invalid");
    const result = await now.driver.publish(publishCall(target, {}, context));
    expect(result.code).toBe(status.INVALID_ARGUMENT);
    expect(result.details).not.toContain(canaryToken);
    await now.expectNothingAt(target);
  });

  it("refuses a volume without a token, and one with secrets of the pod's author", async () => {
    const target = await now.sandbox.target("tokens");
    const without = await now.driver.publish(publishCall(target, { secrets: {} }));
    expect(without.code).toBe(status.FAILED_PRECONDITION);
    const secrets = { ...tokensFor(canaryToken), password: "p" };
    const withRef = await now.driver.publish(publishCall(target, { secrets }));
    expect(withRef.code).toBe(status.INVALID_ARGUMENT);
    await now.expectNothingAt(target);
  });

  it("refuses a target outside kubelet's pods", async () => {
    const result = await now.driver.publish(publishCall("/etc"));
    expect(result.code).toBe(status.INVALID_ARGUMENT);
  });

  it("has written neither a token nor a value anywhere in its log", async () => {
    expect(now.plugin.output()).toContain("call failed");
    expect(now.plugin.output()).not.toContain(canaryToken);
    expect(now.plugin.output()).not.toContain(canaryValue);
  });
});
