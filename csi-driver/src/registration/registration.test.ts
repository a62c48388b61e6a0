// SPDX-License-Identifier: Apache-2.0
/** Registration with kubelet over the real sockets, and what probes see of it. */

import { stat } from "node:fs/promises";
import { status } from "@grpc/grpc-js";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { connectDriver, connectRegistration, publishCall } from "../__fixtures__/calls.ts";
import { createSandbox, type RunningUnderTest, type Sandbox } from "../__fixtures__/sandbox.ts";

let sandbox: Sandbox;
let plugin: RunningUnderTest;

beforeAll(async () => {
  sandbox = await createSandbox();
  // Neither vault nor TPM answers: kubelet must be able to unpublish all the same.
  plugin = await sandbox.start({ attestFails: "VaultUnavailable" }, { first: 60_000 });
  await untilMadeAfter(sandbox.config.registrationSocket, 0);
});

afterAll(async () => {
  await sandbox[Symbol.asyncDispose]();
});

const get = async (path: string) => await fetch(`http://127.0.0.1:${plugin.healthPort}${path}`);

/** When the socket was made, or 0 while there is none; inode numbers are used again at once. */
async function madeAt(path: string): Promise<number> {
  return await stat(path).then(
    (found) => found.ctimeMs,
    () => 0,
  );
}

async function untilMadeAfter(path: string, before: number): Promise<void> {
  while ((await madeAt(path)) <= before) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  // Bound, and then closed to others: the second step is part of being made.
  while (((await stat(path)).mode & 0o777) !== 0o600) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
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
    const before = await madeAt(path);
    const refused = connectRegistration(path);
    expect((await refused.notify(false)).code).toBe(0);
    refused.close();
    expect((await get("/readyz")).status).toBe(503);
    expect((await get("/healthz")).status).toBe(200);
    await untilMadeAfter(path, before);
    const client = connectRegistration(path);
    expect((await client.notify(true)).code).toBe(0);
    client.close();
    expect((await get("/readyz")).status).toBe(200);
    expect(await (await get("/metrics")).text()).toContain("strongroom_node_registered 1");
  });

  it("lets go of a publish that waits and takes its sockets away when it ends", async () => {
    const driver = connectDriver(sandbox.config.pluginSocket);
    const target = await sandbox.target("waits");
    const waiting = driver.publish(publishCall(target));
    await new Promise((resolve) => setTimeout(resolve, 200));
    const started = performance.now();
    await plugin.kill("SIGTERM");
    expect((await waiting).code).toBe(status.ABORTED);
    expect(performance.now() - started).toBeLessThan(1_500);
    driver.close();
    expect(await madeAt(sandbox.config.registrationSocket)).toBe(0);
    expect(await madeAt(sandbox.config.pluginSocket)).toBe(0);
  });
});
