// SPDX-License-Identifier: Apache-2.0
/** Full backups: into a directory and into a container, what of them can be read, and who gets none. */

import { mkdtemp, readdir, readFile, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, jest } from "@jest/globals";
import { type BlobStorage, sas, startBlobStorage } from "./fixtures/blob-storage.ts";
import {
  ended,
  inDirectory,
  onHost,
  onVault,
  putVaultOf,
  startWithBackups,
} from "./fixtures/full-backup.ts";
import type { Installation } from "./fixtures/installation.ts";
import { administrator, backupOperator, securityOfficer } from "./fixtures/oidc-issuer.ts";
import { expectRefused } from "./fixtures/refusal.ts";
import { readStored } from "./fixtures/stored.ts";

jest.setTimeout(120_000);

describe("a full backup", () => {
  let installation: Installation;
  let storage: BlobStorage;
  let directory: string;
  const operator = { subject: backupOperator };

  beforeAll(async () => {
    storage = await startBlobStorage(await mkdtemp(join(tmpdir(), "storage-")));
    const { host, caFile } = storage;
    const backup = { blobStorage: [{ host, caFile }] };
    ({ installation, directory } = await startWithBackups({ backup }));
    await putVaultOf(installation, "kept");
    await onVault(installation, "kept", ["PUT", "/secrets/word", { value: "kept-word" }]);
  });
  afterAll(async () => {
    await storage[Symbol.asyncDispose]();
    await installation[Symbol.asyncDispose]();
  });

  const inContainer = () => ({ storageResourceUri: storage.container, token: sas });
  const backUp = (body: object, who = operator) =>
    onHost(installation, ["POST", "/backup", body], who);
  const refused = (body: object, code: "BadParameter" | "Forbidden") =>
    expectRefused(installation.folders.storeFile, () => backUp(body), {
      ...{ code, operation: "BackupCreate" },
    });

  it("goes whole into the directory of the configuration, and tells nothing", async () => {
    const {
      status,
      jobId,
      azureStorageBlobContainerUri: uri,
    } = await ended(installation, await backUp(inDirectory));
    expect([status, jobId]).toEqual(["Succeeded", expect.stringMatching(/^[0-9a-f]{32}$/)]);
    const [folder = "", ...others] = await readdir(directory);
    expect([uri, others]).toEqual([`file:///backup/${folder}`, []]);
    const file = join(directory, folder, "backup");
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const bytes = await readFile(file);
    expect(bytes[0]).toBe(1);
    for (const text of ["kept", "word", "officer", "LogOpen", "SecretSet"]) {
      expect(bytes.includes(text)).toBe(false);
    }
    const { leaves } = readStored(installation.folders.storeFile);
    const about = leaves.filter(({ event }) => event.operationName.startsWith("BackupCreate"));
    expect(about.map(({ event }) => event)).toMatchObject([
      { operationName: "BackupCreateBegin", properties: { target: "file:///backup", folder } },
      { operationName: "BackupCreate", resultType: "Success", httpStatusCode: 200 },
    ]);
  });

  it("goes as blocks into a container, whose signature is nowhere else", async () => {
    const { azureStorageBlobContainerUri: uri } = await ended(
      installation,
      await backUp(inContainer()),
    );
    const [name = ""] = storage.blobs.keys();
    expect(`${storage.container}/${name}`).toBe(`${uri}/backup`);
    expect(storage.requests).toEqual([`PUT block ${name}`, `PUT blocklist ${name}`]);
    expect(storage.headers()).toMatchObject({ "if-none-match": "*", "x-ms-version": "2021-12-02" });
    const leaves = JSON.stringify(readStored(installation.folders.storeFile).leaves);
    for (const text of [leaves, installation.vault.output()]) {
      expect(text).not.toContain("c2VjcmV0");
    }
  });

  it("fails where the storage does, and says so to who asks", async () => {
    for (const [status, code] of [
      [403, "BackupTargetRefused"],
      [500, "BackupTargetUnavailable"],
    ] as const) {
      storage.failWith(status);
      const answer = await ended(installation, await backUp(inContainer()));
      storage.failWith(undefined);
      expect(answer).toMatchObject({
        ...{ status: "Failed", azureStorageBlobContainerUri: null },
        error: { innererror: { code } },
      });
      const { event } = readStored(installation.folders.storeFile).leaves.at(-1) ?? {};
      expect(event).toMatchObject({ operationName: "BackupCreate", resultSignature: code });
    }
  });

  it("goes nowhere that the configuration does not have", async () => {
    await refused(
      { storageResourceUri: "https://storage.example/backups", token: sas },
      "Forbidden",
    );
    const port = new URL(storage.container).port;
    await refused(
      { ...inContainer(), storageResourceUri: `https://127.0.0.1:${port}/backups` },
      "Forbidden",
    );
    for (const storageResourceUri of [
      "file:///etc",
      "file:///backup/../x",
      storage.container.replace("https:", "http:"),
      `${storage.container}/a/b`,
      `${storage.container}?x=y`,
      storage.container.replace("https://", "https://user@"),
    ]) {
      await refused({ storageResourceUri, token: sas }, "BadParameter");
    }
    for (const token of ["", "no signature", "a=b\r\nx: y", undefined]) {
      await refused({ ...inContainer(), token }, "BadParameter");
    }
    await refused({ ...inContainer(), useManagedIdentity: true }, "BadParameter");
  });

  it("is made for nobody but backup operators and security officers, on the installation's host", async () => {
    for (const subject of ["officer", administrator, "stranger"]) {
      await expectRefused(installation.folders.storeFile, () => backUp(inDirectory, { subject }), {
        code: "Forbidden",
        operation: "BackupCreate",
      });
    }
    expect((await onVault(installation, "kept", ["POST", "/backup", inDirectory])).status).toBe(
      404,
    );
    const made = await backUp(inDirectory, { subject: securityOfficer });
    expect(await ended(installation, made)).toMatchObject({ status: "Succeeded" });
  });

  it("is one at a time", async () => {
    const first = await backUp(inDirectory);
    const second = await backUp(inDirectory);
    expect([second.status, second.body.error.innererror.code]).toEqual([409, "Conflict"]);
    expect(await ended(installation, first)).toMatchObject({ status: "Succeeded" });
  });

  it("can be tried without being made", async () => {
    const count = (await readdir(directory)).length;
    for (const body of [inDirectory, inContainer()]) {
      const answer = await onHost(installation, ["POST", "/prebackup", body], operator);
      expect(await ended(installation, answer)).toMatchObject({ status: "Succeeded" });
    }
    expect((await readdir(directory)).length).toBe(count);
    storage.failWith(403);
    const answer = await onHost(installation, ["POST", "/prebackup", inContainer()], operator);
    expect(await ended(installation, answer)).toMatchObject({ status: "Failed" });
    storage.failWith(undefined);
  });

  it("that was never begun is not there", async () => {
    for (const job of ["0".repeat(32), "..%2fx"]) {
      const { status } = await onHost(installation, ["GET", `/backup/${job}/pending`], operator);
      expect(status).toBe(404);
    }
  });
});
