// SPDX-License-Identifier: Apache-2.0
/** A node plugin for a test file, over its real socket, with a vault that has two secrets. */

import { lstat } from "node:fs/promises";
import { afterAll, beforeAll, expect } from "@jest/globals";
import { connectDriver } from "./calls.ts";
import { createSandbox, type RunningUnderTest, type Sandbox } from "./sandbox.ts";

/** A value that must be in no log. */
export const canaryValue = "canary-value-7f3a";
/** What the vault has. */
export const good = {
  ...{ secrets: { "db-password": canaryValue, other: "second" }, denied: {}, uid: "v1" },
};

/** What there is while a test runs. */
export interface PluginSurroundings {
  readonly sandbox: Sandbox;
  readonly plugin: RunningUnderTest;
  readonly driver: ReturnType<typeof connectDriver>;
  /** Neither mount nor directory. */
  expectNothingAt(target: string): Promise<void>;
}

/** Registers the hooks that start it; the members are there once they have run. */
export function usePlugin(): PluginSurroundings {
  const now = {} as { -readonly [Name in keyof PluginSurroundings]: PluginSurroundings[Name] };
  beforeAll(async () => {
    now.sandbox = await createSandbox();
    now.plugin = await now.sandbox.start(good);
    now.driver = connectDriver(now.sandbox.config.pluginSocket);
  });
  afterAll(async () => {
    now.driver.close();
    await now.sandbox[Symbol.asyncDispose]();
  });
  now.expectNothingAt = async (target) => {
    await expect(lstat(target)).rejects.toMatchObject({ code: "ENOENT" });
    await expect(lstat(now.sandbox.seen(target))).rejects.toMatchObject({ code: "ENOENT" });
    expect(await now.sandbox.mounts()).not.toContain(target);
  };
  return now;
}
