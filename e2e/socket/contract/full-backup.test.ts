// SPDX-License-Identifier: Apache-2.0
/**
 * Managed HSM's full backup and restore by the documented wire, over plain HTTPS: paths, bodies, status codes,
 * `Azure-AsyncOperation`, `Retry-After` and the states of an operation. Each route with a success and a refusal.
 */

import { afterAll, beforeAll, describe, expect, it, jest } from "@jest/globals";
import {
  ended,
  onHost,
  onVault,
  pendingPath,
  putVaultOf,
  signs,
  startWithBackups,
} from "../fixtures/full-backup.ts";
import type { Installation } from "../fixtures/installation.ts";
import { hostOf, installationHost } from "../fixtures/names.ts";
import { expectRefused } from "../fixtures/refusal.ts";

jest.setTimeout(120_000);

const storage = { storageResourceUri: "file:///backup", token: null, useManagedIdentity: false };

describe("Managed HSM's administration", () => {
  let installation: Installation;
  let folder = "";

  beforeAll(async () => {
    ({ installation } = await startWithBackups());
    await putVaultOf(installation, "vault");
    await putVaultOf(installation, "other");
    for (const name of ["signer", "second"]) {
      const key = { kty: "EC-HSM", crv: "P-256", tags: { of: name } };
      await onVault(installation, "vault", ["POST", `/keys/${name}/create`, key]);
    }
    const policy = { lifetimeActions: [], attributes: { expiryTime: "P90D" } };
    const path = "/keys/signer/rotationpolicy";
    expect((await onVault(installation, "vault", ["PUT", path, policy])).status).toBe(200);
    const answer = await onHost(installation, ["POST", "/backup", storage]);
    folder = String((await ended(installation, answer)).azureStorageBlobContainerUri);
  });
  afterAll(async () => {
    await installation?.[Symbol.asyncDispose]();
  });

  const refused = (
    act: () => ReturnType<typeof onHost>,
    code: Parameters<typeof expectRefused>[2]["code"],
    operation: string,
  ) => expectRefused(installation.folders.storeFile, act, { code, operation });
  const running = {
    ...{ status: "InProgress", statusDetails: null, error: null, endTime: null },
    ...{ startTime: expect.any(Number), jobId: expect.stringMatching(/^[0-9a-f]{32}$/) },
  };
  const folderName = () => folder.split("/").at(-1) ?? "";
  const details = () => ({ sasTokenParameters: storage, folderToRestore: folderName() });

  it("POST /backup answers 202 with where to ask, and its folder in the end", async () => {
    const answer = await onHost(installation, ["POST", "/backup", storage]);
    expect(answer.status).toBe(202);
    expect(answer.body).toEqual({ ...running, azureStorageBlobContainerUri: null });
    expect(answer.headers["azure-asyncoperation"]).toBe(
      `https://${installationHost}/backup/${answer.body.jobId}/pending`,
    );
    expect(answer.headers["retry-after"]).toBe("5");
    const done = await ended(installation, answer);
    expect(done).toEqual({
      ...{ ...answer.body, status: "Succeeded", endTime: expect.any(Number) },
      azureStorageBlobContainerUri: expect.stringMatching(
        /^file:\/\/\/backup\/strongroom-\d{14}-[0-9a-f]{8}$/,
      ),
    });
    await refused(
      () => onHost(installation, ["POST", "/backup", storage], { subject: "x" }),
      "Forbidden",
      "BackupCreate",
    );
    expect((await onHost(installation, ["POST", "/backup", {}])).status).toBe(400);
  });

  it("GET /backup/{jobId}/pending is asked by who may start one", async () => {
    const answer = await onHost(installation, ["POST", "/prebackup", storage]);
    const path = pendingPath(answer);
    await ended(installation, answer);
    await refused(
      () => onHost(installation, ["GET", path], { subject: "x" }),
      "Forbidden",
      "BackupStatusGet",
    );
    const unknown = path.replace(/[0-9a-f]{32}/, "0".repeat(32));
    expect((await onHost(installation, ["GET", unknown])).status).toBe(404);
    // A backup is no restore.
    expect((await onHost(installation, ["GET", path.replace("backup", "restore")])).status).toBe(
      404,
    );
  });

  it("POST /prebackup and PUT /prerestore try what would be done", async () => {
    await ended(installation, await onHost(installation, ["POST", "/prebackup", storage]));
    const check = await onHost(installation, ["PUT", "/prerestore", details()]);
    const done = await ended(installation, check);
    expect(done).toEqual({ ...check.body, status: "Succeeded", endTime: expect.any(Number) });
    const wrong = { ...details(), sasTokenParameters: { ...storage, storageResourceUri: "x" } };
    await refused(
      () => onHost(installation, ["PUT", "/prerestore", wrong]),
      "BadParameter",
      "RestoreCheck",
    );
    const elsewhere = { ...storage, storageResourceUri: "https://x.example/backups" };
    await refused(
      () => onHost(installation, ["POST", "/prebackup", elsewhere]),
      "Forbidden",
      "BackupCheck",
    );
  });

  it("PUT /restore says that contents are given up only where a head is named", async () => {
    const again = () => onHost(installation, ["PUT", "/restore", details()]);
    await refused(again, "Conflict", "Restore");
    const { head } = (await onHost(installation, ["GET", "/strongroom/v1/restore"])).body;
    const accepted = { ...details(), acceptRollback: head };
    const answer = await onHost(installation, ["PUT", "/restore", accepted]);
    expect(answer.body).toEqual(running);
    expect(answer.headers["azure-asyncoperation"]).toBe(
      `https://${installationHost}/restore/${answer.body.jobId}/pending`,
    );
    const done = await ended(installation, answer);
    expect(done).toEqual({ ...answer.body, status: "Succeeded", endTime: expect.any(Number) });
    // It is answered after a restart as well.
    await installation.vault.stop();
    await installation.vault.start();
    const path = `/restore/${answer.body.jobId}/pending`;
    expect((await onHost(installation, ["GET", path])).body.status).toBe("Succeeded");
    await refused(
      () => onHost(installation, ["GET", path], { subject: "x" }),
      "Forbidden",
      "RestoreStatusGet",
    );
  });

  it("PUT /keys/{name}/restore brings one purged key back, with its versions and what belongs to it", async () => {
    const before = (await onVault(installation, "vault", ["GET", "/keys/signer"])).body;
    const body = { sasTokenParameters: storage, folder: folderName() };
    const restore = (name = "signer", vault = "vault", subject = "officer") =>
      onVault(installation, vault, ["PUT", `/keys/${name}/restore`, body], subject);
    const ask = (vault: string) => (path: string) => onVault(installation, vault, ["GET", path]);
    const taken = await ended(installation, await restore(), ask("vault"));
    expect(taken).toMatchObject({ status: "Failed", error: { innererror: { code: "NameInUse" } } });
    await onVault(installation, "vault", ["DELETE", "/keys/signer"]);
    const deleted = await ended(installation, await restore(), ask("vault"));
    expect(deleted.error.innererror.code).toBe("ObjectIsDeletedButRecoverable");
    await onVault(installation, "vault", ["DELETE", "/deletedkeys/signer"]);
    const answer = await restore();
    expect(answer.body).toEqual(running);
    expect(answer.headers["azure-asyncoperation"]).toBe(
      `https://${hostOf("vault")}/restore/${answer.body.jobId}/pending`,
    );
    expect(await ended(installation, answer, ask("vault"))).toMatchObject({ status: "Succeeded" });
    const after = (await onVault(installation, "vault", ["GET", "/keys/signer"])).body;
    expect(after.key).toEqual(before.key);
    expect(after.tags).toEqual({ of: "signer" });
    expect(await signs(installation, "vault", "signer")).toBe(200);
    const rotation = await onVault(installation, "vault", ["GET", "/keys/signer/rotationpolicy"]);
    expect(rotation.body.attributes.expiryTime).toBe("P90D");
    // A backup of the whole gives nobody what was another vault's.
    const foreign = await ended(installation, await restore("second", "other"), ask("other"));
    expect(foreign).toMatchObject({
      status: "Failed",
      error: { innererror: { code: "NotFound" } },
    });
    await refused(() => restore("second", "vault", "x"), "Forbidden", "KeySelectiveRestoreBegin");
    const pending = `/restore/${answer.body.jobId}/pending`;
    expect((await ask("other")(pending)).status).toBe(404);
    expect((await onHost(installation, ["GET", pending])).status).toBe(404);
    await refused(
      () => onVault(installation, "vault", ["GET", pending], "x"),
      "Forbidden",
      "RestoreStatusGet",
    );
  });
});
