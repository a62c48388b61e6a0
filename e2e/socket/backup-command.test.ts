// SPDX-License-Identifier: Apache-2.0
/** `strongroom backup` and `strongroom restore`, as an operator and an officer type them. */

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, jest } from "@jest/globals";
import { strongroom } from "../../cli/src/__fixtures__/strongroom.ts";
import { makeFolders } from "./fixtures/folders.ts";
import { onVault, putVaultOf } from "./fixtures/full-backup.ts";
import { type Installation, startInstallation } from "./fixtures/installation.ts";
import { installationHost } from "./fixtures/names.ts";
import { backupOperator, securityOfficer } from "./fixtures/oidc-issuer.ts";

jest.setTimeout(180_000);

describe("strongroom backup and restore", () => {
  let installation: Installation;
  let connection: readonly string[];
  const path = (name: string) => join(installation.folders.root, name);
  const run = (subject: string, ...args: readonly string[]) =>
    strongroom(...args, ...connection, "--token-file", path(subject));

  beforeAll(async () => {
    const { root } = await makeFolders();
    const directory = join(root, "backups");
    await mkdir(directory);
    installation = await startInstallation({ backup: { directory } });
    for (const subject of [backupOperator, securityOfficer]) {
      await writeFile(path(subject), await installation.oidc.token(subject));
    }
    connection = [
      ...["--url", `https://${installationHost}`, "--ca", installation.folders.caFile],
      ...["--connect", `127.0.0.1:${installation.vault.port}`],
    ];
    await putVaultOf(installation, "kept");
    await onVault(installation, "kept", ["PUT", "/secrets/word", { value: "before" }]);
  });
  afterAll(async () => {
    await installation?.[Symbol.asyncDispose]();
  });

  it("make a backup, name what would be given up, and go back over it", async () => {
    const storage = ["--storage", "file:///backup"];
    const made = await run(backupOperator, "backup", "create", ...storage);
    expect([made.code, made.stderr]).toEqual([0, ""]);
    const folder = made.stdout.trim();
    expect(folder).toMatch(/^file:\/\/\/backup\/strongroom-/);
    await onVault(installation, "kept", ["PUT", "/secrets/word", { value: "after" }]);
    const back = ["restore", ...storage, "--folder", folder];
    const unnamed = await run(securityOfficer, ...back);
    expect([unnamed.code, unnamed.stderr]).toEqual([75, expect.stringContaining("name a head")]);
    const head = await run(securityOfficer, "backup", "head");
    expect(JSON.parse(head.stdout)).toMatchObject({
      log: expect.any(String),
      size: expect.any(Number),
    });
    await writeFile(path("head.json"), head.stdout);
    const accept = ["--accept-rollback", path("head.json")];
    const foreign = await run(backupOperator, ...back, ...accept);
    expect([foreign.code, foreign.stderr]).toEqual([
      77,
      expect.stringContaining("security officer"),
    ]);
    const served = await run(securityOfficer, "restore", ...accept);
    expect([served.code, served.stderr]).toEqual([
      75,
      expect.stringContaining("the store is served"),
    ]);
    const done = await run(securityOfficer, ...back, ...accept);
    expect([done.code, done.stdout]).toEqual([0, ""]);
    expect(done.stderr).toContain("the vault serves the restored store");
    const { body } = await onVault(installation, "kept", ["GET", "/secrets/word"]);
    expect(body.value).toBe("before");
  });

  it("say what is wrong before anything is asked", async () => {
    await writeFile(path("wrong.json"), "{}");
    for (const [args, message] of [
      [["backup", "create"], "--storage says"],
      [["restore"], "--folder names a backup"],
      [["restore", "--accept-rollback", path("wrong.json")], "does not hold one head"],
    ] as const) {
      const { code, stderr } = await run(securityOfficer, ...args);
      expect([code, stderr]).toEqual([64, expect.stringContaining(message)]);
    }
  });
});
