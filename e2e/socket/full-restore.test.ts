// SPDX-License-Identifier: Apache-2.0
/** Full restores over a store that is given up, and who may ask for one. */

import { cp, open, readdir } from "node:fs/promises";
import { describe, expect, it, jest } from "@jest/globals";
import {
  canonicalJson,
  concatBytes,
  fromBase64url,
  type JsonValue,
  type RollbackStatement,
  utf8,
} from "@strongroom/core";
import { ended, onHost, onVault } from "./fixtures/full-backup.ts";
import { releaseRootKey, verifyAudit } from "./fixtures/offline.ts";
import { administrator, backupOperator } from "./fixtures/oidc-issuer.ts";
import { expectRefused } from "./fixtures/refusal.ts";
import { useRestoring } from "./fixtures/restoring.ts";

jest.setTimeout(180_000);

type Signed = { readonly signature: string };

describe("a full restore", () => {
  const restoring = useRestoring();
  const {
    start,
    fill,
    backUp,
    restore,
    restoreBody,
    pathOf,
    expectEverything,
    statusNow,
    leaves,
    rollbackIn,
  } = restoring;

  it("goes back over a store whose head is named, in an epoch that the release root signed", async () => {
    await start();
    const installation = restoring.installation();
    await fill();
    const folder = await backUp();
    await onVault(installation, "kept", ["PUT", "/secrets/later", { value: "later" }]);
    await onVault(installation, "kept", ["PUT", "/secrets/word", { value: "another" }]);
    const { head, epoch, state } = await statusNow();
    expect([state, epoch]).toEqual(["serving", 0]);
    const storeFile = installation.folders.storeFile;
    const refused = (more: object, code: "Conflict" | "HeadRollback") =>
      expectRefused(storeFile, () => restore(folder, more), { code, operation: "Restore" });
    await refused({}, "Conflict");
    for (const wrong of [
      { root: "0".repeat(64) },
      { size: head.size + 1_000 },
      { log: "0".repeat(32) },
    ]) {
      await refused({ acceptRollback: { ...head, ...wrong } }, "HeadRollback");
    }
    expect((await onVault(installation, "kept", ["GET", "/secrets/later"])).status).toBe(200);
    const done = await ended(installation, await restore(folder, { acceptRollback: head }));
    expect([done.status, done.error]).toEqual(["Succeeded", null]);
    await expectEverything();
    expect((await onVault(installation, "kept", ["GET", "/secrets/later"])).status).toBe(404);
    const { signature, ...statement } = rollbackIn() as unknown as RollbackStatement & Signed;
    expect(statement).toMatchObject({ epoch: 1, id: done.jobId });
    expect(statement.givenUp.map(({ log }) => log)).toContain(head.log);
    const message = concatBytes(
      utf8("strongroom/rollback/v1\0"),
      canonicalJson(statement as unknown as JsonValue),
    );
    const root = releaseRootKey(installation);
    expect(root.verify(message, fromBase64url(signature))).toBe(true);
    expect(leaves().map(({ event }) => event.operationName)).toEqual(
      expect.arrayContaining(["RestoreBegin", "Restore"]),
    );
    expect(await readdir(installation.folders.store)).not.toContain(`restore-${done.jobId}`);
    // What was given up is not served again, and what follows is as safe as before.
    for (let again = 0; again < 2; again += 1) {
      await installation.vault.stop(again === 0 ? "SIGKILL" : "SIGTERM");
      await installation.vault.start();
      await expectEverything();
    }
    expect(await statusNow()).toMatchObject({ epoch: 1, last: { id: done.jobId } });
    expect(await verifyAudit(installation)).toContain(": 0 findings");
  });

  it("is for security officers alone, of what this vault has made", async () => {
    await start();
    const installation = restoring.installation();
    await fill();
    const folder = await backUp();
    const storeFile = installation.folders.storeFile;
    for (const subject of [backupOperator, administrator, "officer"]) {
      const act = () => restore(folder, {}, { subject });
      await expectRefused(storeFile, act, { code: "Forbidden", operation: "Restore" });
    }
    for (const name of ["..", "strongroom-1", `${folder}/x`, `../${folder}`]) {
      const act = () => restore(name);
      await expectRefused(storeFile, act, { code: "BadParameter", operation: "Restore" });
    }
    const { head } = await statusNow();
    const nothing = `${folder.slice(0, -8)}00000000`;
    for (const path of ["/prerestore", "/restore"]) {
      const body = restoreBody(nothing, { acceptRollback: head });
      const answer = await onHost(installation, ["PUT", path, body]);
      expect(await ended(installation, answer)).toMatchObject({
        ...{ status: "Failed", error: { innererror: { code: "NotFound" } } },
      });
    }
    const check = await onHost(installation, ["PUT", "/prerestore", restoreBody(folder)]);
    expect(await ended(installation, check)).toMatchObject({ status: "Succeeded" });
    await cp(pathOf(folder), pathOf(nothing), { recursive: true });
    await damage(pathOf(nothing, "backup"));
    const answer = await restore(nothing, { acceptRollback: head });
    expect(await ended(installation, answer)).toMatchObject({
      ...{ status: "Failed", error: { innererror: { code: "BadParameter" } } },
    });
    await expectEverything();
    expect((await statusNow()).epoch).toBe(0);
    expect((await readdir(installation.folders.store)).join()).not.toContain("restore-");
    const accept = { acceptRollback: (await statusNow()).head };
    const path = "/strongroom/v1/restore/accept-rollback";
    const served = await onHost(installation, ["POST", path, accept]);
    expect([served.status, served.body.error.innererror.code]).toEqual([409, "Conflict"]);
  });
});

async function damage(file: string): Promise<void> {
  const handle = await open(file, "r+");
  try {
    const { size } = await handle.stat();
    await handle.write(new Uint8Array([0, 0, 0]), 0, 3, size - 100);
  } finally {
    await handle.close();
  }
}
