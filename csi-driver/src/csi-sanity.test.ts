// SPDX-License-Identifier: Apache-2.0
/** The CSI project's own test suite: Identity and Node, publish and unpublish included, on the real plugin. */

import { execFile } from "node:child_process";
import { readdir, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { publishCall, tokensFor } from "./__fixtures__/calls.ts";
import { listenShim } from "./__fixtures__/controller-shim.ts";
import { createSandbox, type Sandbox } from "./__fixtures__/sandbox.ts";
import type { Listener } from "./grpc/listen.ts";

/** Identity 3; capabilities, info, publish 3, unpublish 3, lifecycle 2. */
const mustPass = 13;

let sandbox: Sandbox;
let shim: Listener;
let shimSocket: string;

beforeAll(async () => {
  sandbox = await createSandbox();
  await sandbox.start({ secrets: { "db-password": "value" } });
  const { pluginSocket } = sandbox.config;
  shimSocket = join(dirname(pluginSocket), "shim.sock");
  shim = await listenShim(shimSocket, pluginSocket, publishCall("").volumeContext ?? {});
});

afterAll(async () => {
  shim.abort();
  await sandbox[Symbol.asyncDispose]();
});

async function findSanity(): Promise<string> {
  const { CSI_SANITY, STRONGROOM_CACHE, XDG_CACHE_HOME } = process.env;
  if (CSI_SANITY !== undefined) {
    return CSI_SANITY;
  }
  const cache = STRONGROOM_CACHE ?? join(XDG_CACHE_HOME ?? join(homedir(), ".cache"), "strongroom");
  const entries = await readdir(cache, { recursive: true }).catch(() => []);
  const found = entries.find((entry) => entry.endsWith("/csi-sanity"));
  if (found === undefined) {
    throw new Error("csi-sanity is not installed: run make setup, or set CSI_SANITY to its path");
  }
  return join(cache, found);
}

async function runSanity(): Promise<string> {
  const { podsDirectory } = sandbox.config;
  const secrets = join(dirname(podsDirectory), "secrets.json");
  await writeFile(secrets, JSON.stringify({ NodePublishVolumeSecret: tokensFor("token") }));
  const args = [
    `--csi.endpoint=${shimSocket}`,
    `--csi.mountdir=${podsDirectory}/mount`,
    `--csi.stagingdir=${podsDirectory}/staging`,
    `--csi.secrets=${secrets}`,
    "--ginkgo.focus=Node Service|Identity Service",
    "--ginkgo.no-color",
  ];
  const ended = promisify(execFile)(await findSanity(), args);
  // It exits 1 when a test fails; its report says more than that.
  return (await ended.catch((failed: { readonly stdout: string }) => failed)).stdout;
}

describe("csi-sanity", () => {
  it("passes everything that a driver of ephemeral volumes can be asked", async () => {
    const report = await runSanity();
    expect(report).toContain(" 0 Failed");
    expect(Number(/(\d+) Passed/.exec(report)?.[1])).toBe(mustPass);
    expect(await sandbox.mounts()).not.toContain("strongroom");
  });
});
