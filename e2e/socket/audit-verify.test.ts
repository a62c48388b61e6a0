// SPDX-License-Identifier: Apache-2.0
/** An auditor with a copy of the store and a head that somebody kept: `strongroom audit`, without vault and HSM. */

import { execFile } from "node:child_process";
import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { errorTable } from "@strongroom/core";
import { type Installation, startInstallation } from "./fixtures/installation.ts";
import { hostOf } from "./fixtures/names.ts";
import { rolesOfOfficer } from "./fixtures/roles-of-officer.ts";

const cli = fileURLToPath(new URL("../../cli/src/main.ts", import.meta.url));

async function strongroom(...args: readonly string[]) {
  const flags = ["--conditions=@strongroom/source", "--disable-warning=ExperimentalWarning", cli];
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [...flags, ...args]);
    return { code: 0, stdout, stderr };
  } catch (error) {
    return error as { readonly code: number; readonly stdout: string; readonly stderr: string };
  }
}

describe("an auditor", () => {
  let installation: Installation;
  let copies = 0;
  let heads: string;
  let keptHead: string;
  let yesterday: string;

  const put = async (name: string, value: string) => {
    const answer = await installation.send({
      ...{ serverName: hostOf("audited"), method: "PUT", path: `/secrets/${name}?api-version=7.5` },
      ...{ body: { value }, token: await installation.oidc.token("officer") },
    });
    expect(answer.status).toBe(200);
  };
  const copyOf = (store: string) => {
    copies += 1;
    const copy = join(installation.folders.root, `copy-${copies}`);
    cpSync(store, copy, { recursive: true });
    return copy;
  };
  const edit = (store: string, sql: string) => {
    const db = new DatabaseSync(join(store, "vault.db"));
    expect(Number(db.prepare(sql).run().changes)).toBeGreaterThan(0);
    db.close();
  };

  beforeAll(async () => {
    installation = await startInstallation();
    const roleAssignments = rolesOfOfficer(installation);
    await installation.putVault({ name: "audited", spec: { roleAssignments } });
    await put("one", "first");
    await installation.vault.stop();
    yesterday = copyOf(installation.folders.store);
    await installation.vault.start();
    await put("one", "second");
    await put("two", "second");
    await installation.vault.stop();
    heads = join(installation.folders.token, "heads");
    const { stdout } = await strongroom("audit", "head", "--store", installation.folders.store);
    keptHead = join(installation.folders.root, "kept-head.json");
    writeFileSync(keptHead, `[${stdout.trim().split("\n").join(",")}]`);
  }, 60_000);
  afterAll(async () => {
    await installation[Symbol.asyncDispose]();
  });

  it("finds nothing in a store that nobody touched", async () => {
    for (const head of [heads, keptHead]) {
      const store = copyOf(installation.folders.store);
      const { code, stdout } = await strongroom(
        "audit",
        "verify",
        "--store",
        store,
        "--head",
        head,
      );
      expect([code, stdout]).toEqual([
        0,
        expect.stringMatching(/^2 logs, \d+ leaves, .* 0 findings\n$/),
      ]);
    }
  });

  it.each([
    [
      "an edited record",
      "update records set body = cast(replace(body, 'one', 'own') as blob) where id = 'object/secrets/one'",
      /record .*\/object\/secrets\/one is not what the audit log says/,
    ],
    [
      "a removed value",
      "delete from sealed_values where rowid = 1",
      /describes a value that is missing/,
    ],
    [
      "an edited leaf",
      "update leaves set bytes = cast(replace(bytes, 'SecretSet', 'SecretGet') as blob) where rowid = (select max(rowid) from leaves)",
      /is not the one that the HSM saw/,
    ],
    [
      "a leaf that was cut off",
      "delete from leaves where rowid = (select max(rowid) from leaves)",
      /ends before leaf/,
    ],
  ])("finds %s", async (_, sql, finding) => {
    for (const head of [heads, keptHead]) {
      const store = copyOf(installation.folders.store);
      edit(store, sql);
      const { code, stdout } = await strongroom(
        "audit",
        "verify",
        "--store",
        store,
        "--head",
        head,
      );
      expect([code, stdout]).toEqual([
        errorTable.StoreTampered.exit,
        expect.stringMatching(finding),
      ]);
    }
  });

  it("finds that yesterday's store was put back, by today's head", async () => {
    const args = ["audit", "verify", "--store", copyOf(yesterday), "--head"];
    expect((await strongroom(...args, keptHead)).stdout).toMatch(
      /^HeadRollback: log .* ends before/,
    );
    const { code, stderr } = await strongroom("audit", "verify", "--store", copyOf(yesterday));
    expect([code, stderr]).toEqual([0, expect.stringContaining("no head was given")]);
  });

  it("exports every leaf with its hash, and no value", async () => {
    const { stdout } = await strongroom("audit", "export", "--store", installation.folders.store);
    const lines = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines.map(({ leaf }) => leaf.event.operationName)).toContain("SecretSet");
    expect(stdout).not.toContain("second");
  });

  it("is told what is missing when there is no store", async () => {
    const { code } = await strongroom("audit", "verify", "--store", "/nowhere");
    expect(code).toBe(errorTable.BadParameter.exit);
  });
});
