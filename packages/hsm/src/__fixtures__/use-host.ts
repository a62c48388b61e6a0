// SPDX-License-Identifier: Apache-2.0
/** A host for a test file, in a folder as kubelet makes one. */

import { chmod, chown, mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { afterAll, beforeAll } from "@jest/globals";
import { type Folders, type HostUnderTest, init, makeFolders, startHost } from "./host-process.ts";

/** Group of the volume. */
export const group = 12_345;
/** A key that signs. */
export const spec = {
  scope: "installation",
  keyId: "signing",
  type: "ec-p256",
  operations: ["sign"],
  class: "N",
} as const;
/** What is signed. */
export const digest: Uint8Array = new Uint8Array(32).fill(9);

/** What there is while a test runs; a test that stops the host puts another in its place. */
export interface HostSurroundings {
  folders: Folders;
  host: HostUnderTest;
}

/** Registers the hooks that start it; the members are there once they have run. */
export function useHost(): HostSurroundings {
  const now = {} as HostSurroundings;
  beforeAll(async () => {
    now.folders = await makeFolders();
    const { sockets } = now.folders;
    // As kubelet mounts a memory volume with fsGroup.
    await mkdir(dirname(sockets), { recursive: true });
    await chown(dirname(sockets), process.getuid?.() ?? 0, group);
    await chmod(dirname(sockets), 0o2770);
    await init(now.folders);
    now.host = await startHost(now.folders);
  });
  afterAll(async () => {
    await now.host.stop();
    await now.folders[Symbol.asyncDispose]();
  });
  return now;
}
