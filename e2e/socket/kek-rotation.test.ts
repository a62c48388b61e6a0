// SPDX-License-Identifier: Apache-2.0
/** Rotation of key encryption keys against backups from before it, and over a thousand keys with a kill in the middle. */

import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, jest } from "@jest/globals";
import { asOfficer } from "./fixtures/domain.ts";
import type { Answer } from "./fixtures/exchange.ts";
import { makeFolders } from "./fixtures/folders.ts";
import { answers, ended, onHost, onVault, putVaultOf, signs } from "./fixtures/full-backup.ts";
import { type Installation, startInstallation } from "./fixtures/installation.ts";
import { readStored } from "./fixtures/stored.ts";

jest.setTimeout(900_000);

const storage = { storageResourceUri: "file:///backup" };

async function startWithBackups(): Promise<Installation> {
  const { root } = await makeFolders();
  const directory = join(root, "backups");
  await mkdir(directory);
  return await startInstallation({ backup: { directory } });
}

const officer = <T>(installation: Installation, work: Parameters<typeof asOfficer<T>>[2]) =>
  asOfficer(installation, installation.ca(), work);

/** Waits until nothing is under old keys. */
async function moved(installation: Installation): Promise<void> {
  for (let deadline = Date.now() + 400_000; Date.now() < deadline; ) {
    const status = await officer(installation, (client) => client.status()).catch(() => undefined);
    if (status?.outdated === 0) {
      return;
    }
    // Each answer has looked at every key.
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
  throw new Error("keys stay under old key encryption keys");
}

describe("a backup from before a rotation", () => {
  let installation: Installation;
  let backups: { readonly secret: object; readonly key: object };
  let folder = "";
  let old = "";

  beforeAll(async () => {
    installation = await startWithBackups();
    await putVaultOf(installation, "first");
    await putVaultOf(installation, "second");
    await call("first", ["PUT", "/secrets/word", { value: "word" }]);
    await call("first", ["POST", "/keys/signer/create", { kty: "EC-HSM", crv: "P-256" }]);
    backups = {
      secret: (await call("first", ["POST", "/secrets/word/backup"])).body,
      key: (await call("first", ["POST", "/keys/signer/backup"])).body,
    };
    const answer = await onHost(installation, ["POST", "/backup", storage]);
    const { azureStorageBlobContainerUri: uri } = await ended(installation, answer);
    folder = String(uri).split("/").at(-1) ?? "";
    [old = ""] = (await officer(installation, (client) => client.status())).generations;
    await officer(installation, (client) => client.rotate({}));
    await moved(installation);
  });
  afterAll(async () => {
    await installation[Symbol.asyncDispose]();
  });

  const call = (vault: string, request: Parameters<typeof onVault>[2]) =>
    onVault(installation, vault, request);
  const purge = async () => {
    for (const [kind, name] of [
      ["secrets", "word"],
      ["keys", "signer"],
    ]) {
      await call("first", ["DELETE", `/${kind}/${name}`]);
      await call("first", ["DELETE", `/deleted${kind}/${name}`]);
    }
  };
  const restore = async (vault: string): Promise<Answer[]> => [
    await call(vault, ["POST", "/secrets/restore", backups.secret]),
    await call(vault, ["POST", "/keys/restore", backups.key]),
  ];
  const restoreAll = async () => {
    const { head } = (await onHost(installation, ["GET", "/strongroom/v1/restore"])).body;
    const body = { sasTokenParameters: storage, folderToRestore: folder, acceptRollback: head };
    return await ended(installation, await onHost(installation, ["PUT", "/restore", body]));
  };

  it("of one object is restored, under the new keys at once", async () => {
    await purge();
    for (const vault of ["first", "second"]) {
      expect((await restore(vault)).map(({ status }) => status)).toEqual([200, 200]);
      expect((await call(vault, ["GET", "/secrets/word"])).body.value).toBe("word");
      expect(await signs(installation, vault, "signer")).toBe(200);
    }
    expect((await officer(installation, (client) => client.status())).outdated).toBe(0);
  });

  it("of everything is restored, and its keys are moved once more", async () => {
    expect(await restoreAll()).toMatchObject({ status: "Succeeded" });
    await moved(installation);
    expect((await call("first", ["GET", "/secrets/word"])).body.value).toBe("word");
    expect(await signs(installation, "first", "signer")).toBe(200);
  });

  it("is refused once the old keys are retired, by the name of the key that it needs", async () => {
    const { generations } = await officer(installation, (client) => client.retire());
    expect(generations).not.toContain(old);
    await answers(installation);
    await purge();
    for (const { status, body } of await restore("first")) {
      expect([status, body.error.innererror.code]).toEqual([400, "BadParameter"]);
      expect(body.error.message).toMatch(
        /needs key encryption key [0-9a-f]{32}, which this HSM has retired/,
      );
    }
    const failed = await restoreAll();
    expect(failed).toMatchObject({ status: "Failed" });
    expect(failed.error.message).toContain("which this HSM has retired");
    expect((await call("first", ["GET", "/secrets/word"])).status).toBe(404);
    await call("first", ["PUT", "/secrets/word", { value: "after" }]);
    const { body } = await call("first", ["POST", "/secrets/word/backup"]);
    expect((await call("second", ["DELETE", "/secrets/word"])).status).toBe(404);
    expect((await call("second", ["POST", "/secrets/restore", body])).status).toBe(200);
  });
});

describe("a rotation over a thousand keys", () => {
  const count = 1_000;
  const names = Array.from({ length: count }, (_, index) => `key-${index}`);
  let installation: Installation;

  beforeAll(async () => {
    installation = await startInstallation();
    await putVaultOf(installation, "full");
    await inParallel(async (name) => {
      const key = { kty: "EC-HSM", crv: "P-256" };
      const made = await onVault(installation, "full", ["POST", `/keys/${name}/create`, key]);
      expect(made.status).toBe(200);
    });
  }, 600_000);
  afterAll(async () => {
    await installation[Symbol.asyncDispose]();
  });

  const inParallel = async (work: (name: string) => Promise<void>) => {
    const left = [...names];
    const worker = async () => {
      for (let name = left.shift(); name !== undefined; name = left.shift()) {
        await work(name);
      }
    };
    await Promise.all(Array.from({ length: 8 }, worker));
  };
  const movedSoFar = () =>
    readStored(installation.folders.storeFile)
      .leaves.filter(({ event }) => event.operationName === "KekRewrap")
      .reduce((sum, { event }) => sum + Number(event.properties["count"]), 0);

  it("goes on after a kill inside its batches, loses no key, and retires the old ones", async () => {
    await officer(installation, (client) => client.rotate({}));
    for (let before = movedSoFar(); before === 0; before = movedSoFar()) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await installation.vault.stop("SIGKILL");
    const done = movedSoFar();
    expect(done).toBeGreaterThan(0);
    expect(done).toBeLessThan(count);
    await installation.vault.start();
    await moved(installation);
    // Keys of the installation and of the vault besides; none was moved twice.
    expect(movedSoFar()).toBeGreaterThanOrEqual(count);
    expect(movedSoFar()).toBeLessThan(count + 50);
    const start = performance.now();
    const { generations, outdated } = await officer(installation, (client) => client.retire());
    const seconds = (performance.now() - start) / 1_000;
    expect([generations.length, outdated]).toEqual([1, 0]);
    await answers(installation);
    await inParallel(async (name) => expect(await signs(installation, "full", name)).toBe(200));
    process.stderr.write(
      `${done} of ${count} keys moved before the kill; the old ones retired in ${seconds.toFixed(1)} s\n`,
    );
  });
});
