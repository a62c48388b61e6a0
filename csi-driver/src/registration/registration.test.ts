// SPDX-License-Identifier: Apache-2.0
/** Registration with kubelet over the real sockets, and what probes see of it. */

import { stat } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { connectRegistration } from "../__fixtures__/calls.ts";
import { createSandbox, type RunningUnderTest, type Sandbox } from "../__fixtures__/sandbox.ts";

let sandbox: Sandbox;
let plugin: RunningUnderTest;

beforeAll(async () => {
  sandbox = await createSandbox();
  // Neither vault nor TPM answers: kubelet must be able to unpublish all the same.
  plugin = await sandbox.start({ attestFails: "VaultUnavailable" });
});

afterAll(async () => {
  await sandbox[Symbol.asyncDispose]();
});

const get = async (path: string) => await fetch(`http://127.0.0.1:${plugin.healthPort}${path}`);

async function inode(path: string): Promise<number> {
  return await stat(path).then(
    (found) => found.ino,
    () => 0,
  );
}

describe("registration", () => {
  it("tells kubelet where the driver is", async () => {
    const client = connectRegistration(sandbox.config.registrationSocket);
    await expect(client.info()).resolves.toEqual({
      type: "CSIPlugin",
      name: "csi.strongroom.io",
      endpoint: sandbox.config.pluginSocket,
      supportedVersions: ["1.0.0"],
    });
    client.close();
  });

  it("lets nobody but root reach its sockets", async () => {
    for (const path of [sandbox.config.registrationSocket, sandbox.config.pluginSocket]) {
      expect((await stat(path)).mode & 0o777).toBe(0o600);
    }
  });

  it("binds its socket anew after kubelet refused it, and is ready once registered", async () => {
    const path = sandbox.config.registrationSocket;
    const before = await inode(path);
    const refused = connectRegistration(path);
    expect((await refused.notify(false)).code).toBe(0);
    refused.close();
    expect((await get("/readyz")).status).toBe(503);
    expect((await get("/healthz")).status).toBe(200);
    const deadline = Date.now() + 5_000;
    while ([0, before].includes(await inode(path)) && Date.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const client = connectRegistration(path);
    expect((await client.notify(true)).code).toBe(0);
    client.close();
    expect((await get("/readyz")).status).toBe(200);
    expect(await (await get("/metrics")).text()).toContain("strongroom_node_registered 1");
  });

  it("takes its sockets away when it ends", async () => {
    await plugin.kill("SIGTERM");
    expect(await inode(sandbox.config.registrationSocket)).toBe(0);
    expect(await inode(sandbox.config.pluginSocket)).toBe(0);
  });
});
