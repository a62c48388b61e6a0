// SPDX-License-Identifier: Apache-2.0
/** Full restores: into an unused installation of the same security domain, over a store that is given up, and after it was lost. */

import { cp, mkdir, open, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, it, jest } from "@jest/globals";
import {
  canonicalJson,
  concatBytes,
  fromBase64url,
  type JsonValue,
  type RollbackStatement,
  utf8,
} from "@strongroom/core";
import type { MintedCertificate } from "@strongroom/testing";
import { activationCa, asOfficer, keysOf, makeCustodians, restoreBy } from "./fixtures/domain.ts";
import { makeFolders } from "./fixtures/folders.ts";
import { ended, onHost, onVault, putVaultOf, signs } from "./fixtures/full-backup.ts";
import { type Installation, startInstallation } from "./fixtures/installation.ts";
import { releaseRootKey, verifyAudit } from "./fixtures/offline.ts";
import { administrator, backupOperator } from "./fixtures/oidc-issuer.ts";
import { expectRefused } from "./fixtures/refusal.ts";
import { readStored } from "./fixtures/stored.ts";

jest.setTimeout(180_000);

type Signed = { readonly signature: string };

const storage = { storageResourceUri: "file:///backup" };

describe("a full restore", () => {
  let installation: Installation;
  let directory: string;

  afterEach(async () => {
    await installation?.[Symbol.asyncDispose]();
  });

  const start = async (options: Parameters<typeof startInstallation>[0] = {}) => {
    const { root } = await makeFolders();
    directory = join(root, "backups");
    await mkdir(directory);
    installation = await startInstallation({
      ...options,
      backup: { directory, onRefusedStore: "wait" },
    });
  };
  const fill = async () => {
    const uid = await putVaultOf(installation, "kept");
    await putVaultOf(installation, "guarded", { protection: "HSM" });
    for (const vault of ["kept", "guarded"]) {
      await onVault(installation, vault, ["PUT", "/secrets/word", { value: `word of ${vault}` }]);
      const key = { kty: "EC-HSM", crv: "P-256" };
      await onVault(installation, vault, ["POST", "/keys/signer/create", key]);
    }
    return uid;
  };
  const expectEverything = async () => {
    for (const vault of ["kept", "guarded"]) {
      const { body } = await onVault(installation, vault, ["GET", "/secrets/word"]);
      expect(body.value).toBe(`word of ${vault}`);
      expect(await signs(installation, vault, "signer")).toBe(200);
    }
  };
  const backUp = async (): Promise<string> => {
    const answer = await onHost(installation, ["POST", "/backup", storage]);
    const { azureStorageBlobContainerUri: uri } = await ended(installation, answer);
    return String(uri).split("/").at(-1) ?? "";
  };
  const restoreBody = (folder: string, more = {}) => ({
    ...{ sasTokenParameters: storage, folderToRestore: folder, ...more },
  });
  const restore = (folder: string, more = {}, who = {}) =>
    onHost(installation, ["PUT", "/restore", restoreBody(folder, more)], who);
  const statusNow = async (who = {}) =>
    (await onHost(installation, ["GET", "/strongroom/v1/restore"], who)).body;
  const leaves = () => readStored(installation.folders.storeFile).leaves;
  const rollbackIn = () =>
    leaves()
      .filter(({ event }) => event.operationName === "LogOpen")
      .map(({ event }) => event.properties["rollback"])
      .at(-1);

  it("goes back over a store whose head is named, in an epoch that the release root signed", async () => {
    await start();
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
    await expectEverythingBut();
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

  const expectEverythingBut = async () => {
    expect((await onVault(installation, "kept", ["GET", "/secrets/later"])).status).toBe(200);
  };

  it("is for security officers alone, of what this vault has made", async () => {
    await start();
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
    await cp(join(directory, folder), join(directory, nothing), { recursive: true });
    await damage(join(directory, nothing, "backup"));
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

  it("waits over an older copy of the store, and goes on with it when somebody accepts that", async () => {
    await start();
    await fill();
    const copy = `${installation.folders.store}.copy`;
    await installation.vault.stop();
    await cp(installation.folders.store, copy, { recursive: true });
    await installation.vault.start();
    await onVault(installation, "kept", ["PUT", "/secrets/later", { value: "later" }]);
    await installation.vault.stop();
    await rm(installation.folders.store, { recursive: true });
    await cp(copy, installation.folders.store, { recursive: true });
    await installation.vault.startRefusing();
    const waiting = { ca: activationCa(installation) };
    const { state, reason, head } = await statusNow(waiting);
    expect([state, reason]).toEqual(["waiting", expect.stringContaining("which the HSM saw")]);
    const other = await onHost(installation, ["GET", "/strongroom/v1/domain"], waiting);
    expect([other.status, other.body.error.innererror.code]).toEqual([503, "HeadRollback"]);
    const path = "/strongroom/v1/restore/accept-rollback";
    const accept = (change = {}, who = {}) =>
      onHost(installation, ["POST", path, { acceptRollback: { ...head, ...change } }], {
        ...waiting,
        ...who,
      });
    expect((await accept({ size: head.size - 1 })).status).toBe(503);
    expect((await accept({}, { subject: administrator })).status).toBe(403);
    expect((await accept()).status).toBe(202);
    await installation.vault.serves();
    await expectEverything();
    expect((await onVault(installation, "kept", ["GET", "/secrets/later"])).status).toBe(404);
    expect(rollbackIn()).toMatchObject({ epoch: 1 });
    expect(leaves().map(({ event }) => `${event.operationName} ${event.resultSignature}`)).toEqual(
      expect.arrayContaining(["RollbackAccept Forbidden", "RollbackAcceptBegin "]),
    );
    await installation.vault.stop();
    await installation.vault.start();
    await expectEverything();
    // The copy is no way back a second time.
    await onVault(installation, "kept", ["PUT", "/secrets/later", { value: "later" }]);
    await installation.vault.stop();
    await rm(installation.folders.store, { recursive: true });
    await cp(copy, installation.folders.store, { recursive: true });
    await installation.vault.startRefusing();
  });

  it("brings a lost store back, from a backup", async () => {
    await start();
    await fill();
    const folder = await backUp();
    await installation.vault.stop();
    await rm(installation.folders.storeFile);
    await installation.vault.startRefusing();
    const waiting = { ca: activationCa(installation) };
    const { head } = await statusNow(waiting);
    expect((await restore(folder, {}, waiting)).status).toBe(409);
    expect((await restore(folder, { acceptRollback: head }, waiting)).status).toBe(202);
    await installation.vault.serves();
    await expectEverything();
  });

  it("fills an unused installation whose token custodians have recovered", async () => {
    const custodians: readonly MintedCertificate[] = await makeCustodians(3);
    await start({ domain: "custodians" });
    const download = { certificates: keysOf(custodians), required: 2 };
    const domain = await asOfficer(installation, activationCa(installation), (client) =>
      client.download(download),
    );
    await installation.vault.serves();
    await fill();
    const folder = await backUp();
    await installation.vault.stop();
    await installation.hsm.replaceToken();
    await rm(installation.folders.storeFile);
    await installation.vault.startWaiting();
    await asOfficer(installation, activationCa(installation), async (client) =>
      client.upload(await restoreBy(custodians.slice(1), domain, client)),
    );
    await installation.vault.serves();
    expect(await onVault(installation, "kept", ["GET", "/secrets/word"]).catch(() => 0)).toBe(0);
    const answer = await restore(folder);
    expect(await ended(installation, answer)).toMatchObject({ status: "Succeeded" });
    await expectEverything();
    expect(rollbackIn()).toMatchObject({ epoch: 1 });
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
