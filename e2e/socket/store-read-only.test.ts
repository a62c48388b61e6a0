// SPDX-License-Identifier: Apache-2.0
/**
 * A store that becomes read-only under a running vault. An administrator's `remount,ro` is refused by the kernel as long
 * as the vault has its store open; what remains is a kernel that does it by itself, after an error of the disk, and files
 * that may not be written for a while. Needs root.
 */

import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { Answer } from "./fixtures/exchange.ts";
import { makeFolders } from "./fixtures/folders.ts";
import { type Installation, startInstallation } from "./fixtures/installation.ts";
import { type Disk, mountDisk } from "./fixtures/mount-disk.ts";
import { remount } from "./fixtures/mount-small.ts";
import { hostOf } from "./fixtures/names.ts";
import { verifyAudit } from "./fixtures/offline.ts";
import { rolesOfOfficer } from "./fixtures/roles-of-officer.ts";
import { traceOf } from "./fixtures/stored.ts";

const run = promisify(execFile);
const diskBytes = 48 << 20;
const value = "written while it could be";
const isRoot = process.getuid?.() === 0;

(isRoot ? describe : describe.skip)("a vault whose store becomes read-only (needs root)", () => {
  let installation: Installation;
  let disk: Disk;
  let pid = 0;

  const call = async (method: string, name: string, body?: object) =>
    await installation.send({
      ...{ serverName: hostOf("kept"), method, path: `/secrets/${name}?api-version=7.5`, body },
      token: await installation.oidc.token("officer"),
    });
  const set = (name: string) => call("PUT", name, { value });
  /** Every kind of request is refused as unavailable, tells nothing, and leaves nothing. */
  const expectUnavailable = async () => {
    const acts: (() => Promise<Answer>)[] = [
      () => set("before"),
      () => set("anew"),
      () => call("GET", "before"),
      () => call("GET", "never"),
      () => call("DELETE", "before"),
    ];
    for (const act of acts) {
      const { result, leaves, rows } = await traceOf(installation.folders.storeFile, act);
      expect([result.status, leaves, rows]).toEqual([503, [], []]);
      expect(result.body.error.innererror.code).toMatch(/^(AuditUnavailable|StoreUnavailable)$/);
      expect(Number(result.headers["retry-after"])).toBeGreaterThan(0);
      expect(result.text).not.toContain(value);
    }
  };

  beforeAll(async () => {
    const folders = await makeFolders();
    disk = await mountDisk(folders.store, join(folders.root, "disk"), diskBytes);
    installation = await startInstallation({ folders });
    const roleAssignments = rolesOfOfficer(installation);
    await installation.putVault({ name: "kept", spec: { roleAssignments } });
    expect((await set("before")).status).toBe(200);
    pid = installation.vault.pid();
  }, 120_000);
  afterAll(async () => {
    await installation?.vault.stop("SIGKILL");
    await disk?.[Symbol.asyncDispose]();
    await installation?.[Symbol.asyncDispose]();
  });

  it("cannot be remounted by hand, and serves as before", async () => {
    await expect(remount(installation.folders.store, "ro")).rejects.toThrow("busy");
    expect((await set("meanwhile")).status).toBe(200);
  });

  it("answers 503, and nothing unrecorded, while its files may not be written, and goes on by itself", async () => {
    const files = ["", "-wal"].map((suffix) => installation.folders.storeFile + suffix);
    const change = async (flag: "+i" | "-i") => {
      await run("chattr", [flag, ...files]);
      // Otherwise an error of the disk may take the change back.
      await run("sync", ["--file-system", ...files]);
    };
    await change("+i");
    try {
      await expectUnavailable();
    } finally {
      await change("-i");
    }
    expect((await set("after")).status).toBe(200);
    expect((await call("GET", "before")).body.value).toBe(value);
    expect((await call("GET", "anew")).status).toBe(404);
    expect(installation.vault.pid()).toBe(pid);
  }, 60_000);

  it("answers 503, and nothing unrecorded, when the kernel made it read-only after an error of the disk", async () => {
    await disk.breakDown();
    await expectUnavailable();
    expect(installation.vault.pid()).toBe(pid);
  }, 60_000);

  it("has everything that it acknowledged when the disk is mended, after a start", async () => {
    await installation.vault.stop("SIGKILL");
    await disk.repair();
    await installation.vault.start();
    for (const name of ["before", "meanwhile", "after"]) {
      expect((await call("GET", name)).body.value).toBe(value);
    }
    expect((await call("GET", "anew")).status).toBe(404);
    expect((await set("anew")).status).toBe(200);
    await installation.vault.stop();
    expect(await verifyAudit(installation)).toMatch(/: 0 findings$/);
  }, 180_000);
});
