// SPDX-License-Identifier: Apache-2.0
/** An auditor without the store: `strongroom audit` against a vault that runs, and heads that somebody kept. */

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { routes } from "@strongroom/api";
import { errorTable } from "@strongroom/core";
import { strongroom } from "../../cli/src/__fixtures__/strongroom.ts";
import { type Installation, startInstallation } from "./fixtures/installation.ts";
import { hostOf, installationHost } from "./fixtures/names.ts";
import { administrator, auditor, securityOfficer } from "./fixtures/oidc-issuer.ts";
import { expectRefused } from "./fixtures/refusal.ts";
import { rolesOfOfficer } from "./fixtures/roles-of-officer.ts";

describe("an auditor of a running vault", () => {
  let installation: Installation;
  const path = (name: string) => join(installation.folders.root, name);
  const put = async (name: string) => {
    const answer = await installation.send({
      ...{ serverName: hostOf("audited"), method: "PUT", path: `/secrets/${name}?api-version=7.5` },
      ...{ body: { value: "the value" }, token: await installation.oidc.token("officer") },
    });
    expect(answer.status).toBe(200);
  };
  const audit = async (...args: readonly string[]) =>
    await strongroom(
      ...["audit", ...args, "--url", `https://${installationHost}`],
      ...["--connect", `127.0.0.1:${installation.vault.port}`],
      ...["--ca", join(installation.folders.trust, "infrastructure-ca.crt")],
      ...["--token-file", path("bearer")],
    );
  const signIn = async (subject: string) =>
    await writeFile(path("bearer"), await installation.oidc.token(subject));

  beforeAll(async () => {
    installation = await startInstallation();
    const roleAssignments = rolesOfOfficer(installation);
    await installation.putVault({ name: "audited", spec: { roleAssignments } });
    await put("one");
    await installation.vault.stop();
    await installation.vault.start();
    await put("two");
    await signIn(auditor);
  }, 90_000);
  afterAll(async () => {
    await installation[Symbol.asyncDispose]();
  });

  it("keeps a head, and finds later that the log has only grown", async () => {
    const kept = await audit("head");
    expect(kept.code).toBe(0);
    await writeFile(path("head.json"), kept.stdout);
    for (let i = 0; i < 520; i += 1) {
      await put(`more-${i % 20}`);
    }
    const { code, stdout, stderr } = await audit("verify", "--head", path("head.json"));
    expect([code, stderr, stdout]).toEqual([
      0,
      "",
      expect.stringMatching(/^2 logs, 5\d\d leaves, \d+ records against 1 heads: 0 findings\n$/),
    ]);
  }, 120_000);

  it("is told where no head was given", async () => {
    const { code, stderr } = await audit("verify");
    expect([code, stderr]).toEqual([0, expect.stringContaining("no head was given")]);
  });

  it("exports every leaf, among them those about what auditors read, and no value", async () => {
    const { code, stdout } = await audit("export");
    expect(code).toBe(0);
    const operations = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line).leaf.event.operationName);
    expect(operations).toEqual(expect.arrayContaining(["SecretSet", "AuditLeavesGet"]));
    expect(stdout).not.toContain("the value");
  });

  it("finds a head that the log does not come by, and one that the HSM has not signed", async () => {
    const head = JSON.parse((await audit("head")).stdout);
    const forged = { ...head, root: "0".repeat(64) };
    await writeFile(path("forged.json"), JSON.stringify(forged));
    const found = await audit("verify", "--head", path("forged.json"));
    expect([found.code, found.stdout]).toEqual([
      errorTable.StoreTampered.exit,
      expect.stringMatching(/HeadRollback: .*\nHeadRollback: .* is not signed by the HSM\n/),
    ]);
  });

  it("is refused what everybody is who is no auditor, and that is recorded", async () => {
    for (const subject of [administrator, securityOfficer, "officer", "stranger"]) {
      await expectRefused(
        installation.folders.storeFile,
        async () =>
          await installation.send({
            ...{ serverName: installationHost, method: "GET", path: routes.auditLogs },
            token: await installation.oidc.token(subject),
          }),
        { code: "Forbidden", operation: "AuditLogList" },
      );
    }
    await signIn("officer");
    const { code, stdout } = await audit("verify");
    expect([code, stdout]).toEqual([errorTable.Forbidden.exit, ""]);
    await signIn(auditor);
  });

  it("finds a leaf that somebody edited below the vault", async () => {
    const db = new DatabaseSync(installation.folders.storeFile);
    const sql =
      "update leaves set bytes = cast(replace(bytes, 'SecretSet', 'SecretGet') as blob) where rowid = (select max(rowid) from leaves where instr(bytes, 'SecretSet') > 0)";
    expect(Number(db.prepare(sql).run().changes)).toBe(1);
    db.close();
    const { code, stdout } = await audit("verify", "--head", path("head.json"));
    expect([code, stdout]).toEqual([
      errorTable.StoreTampered.exit,
      expect.stringMatching(/is not the one that the HSM saw/),
    ]);
  });
});
