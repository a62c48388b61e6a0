// SPDX-License-Identifier: Apache-2.0
/** A full backup of a large store goes through little memory: into a directory, and into a container. */

import { mkdtemp, readdir, stat } from "node:fs/promises";
import { Agent } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, jest } from "@jest/globals";
import { type BlobStorage, sas, startBlobStorage } from "./fixtures/blob-storage.ts";
import {
  ended,
  inDirectory,
  onHost,
  putVaultOf,
  startWithBackups,
} from "./fixtures/full-backup.ts";
import type { Installation } from "./fixtures/installation.ts";
import { hostOf } from "./fixtures/names.ts";
import { growthOf } from "./fixtures/peak-memory.ts";

jest.setTimeout(900_000);

/** The largest value that a secret has, and so many that they are 100 MiB. */
const valueBytes = 25_600;
const secrets = 4_096;
const storeBytes = valueBytes * secrets;
/** MB that the vault may have more than before: a store that is read into memory would be 105 at least. */
const most = 64;

describe("a full backup of a large store", () => {
  let installation: Installation;
  let storage: BlobStorage;
  let directory = "";

  beforeAll(async () => {
    storage = await startBlobStorage(await mkdtemp(join(tmpdir(), "storage-")));
    const { host, caFile } = storage;
    const started = await startWithBackups({ backup: { blobStorage: [{ host, caFile }] } });
    ({ installation, directory } = started);
    await putVaultOf(installation, "large");
    await fill();
  });
  afterAll(async () => {
    await storage?.[Symbol.asyncDispose]();
    await installation?.[Symbol.asyncDispose]();
  });

  /** Writes the secrets, some at a time, over connections that stay; one that is told to come back does. */
  const fill = async () => {
    using stack = new DisposableStack();
    const agent = stack.adopt(new Agent({ keepAlive: true }), (each) => each.destroy());
    const token = await installation.oidc.token("officer");
    const body = { value: "x".repeat(valueBytes) };
    let next = 0;
    const writer = async () => {
      while (next < secrets) {
        const path = `/secrets/s${next++}?api-version=7.6`;
        const request = { serverName: hostOf("large"), method: "PUT", path, body, token, agent };
        while ((await installation.send(request)).status !== 200) {
          await new Promise((resolve) => setTimeout(resolve, 500));
        }
      }
    };
    await Promise.all(Array.from({ length: 8 }, writer));
  };
  const backUp = (body: object) =>
    growthOf(installation.vault.pid(), async () => {
      const answer = await onHost(installation, ["POST", "/backup", body]);
      return await ended(installation, answer);
    });

  it("takes no more memory than a part of it, into a directory", async () => {
    const { result, growth } = await backUp(inDirectory);
    expect(result.status).toBe("Succeeded");
    const [folder = ""] = await readdir(directory);
    expect((await stat(join(directory, folder, "backup"))).size).toBeGreaterThan(storeBytes);
    expect(growth).toBeLessThan(most);
  });

  it("takes no more memory than a part of it, into a container", async () => {
    const { result, growth } = await backUp({ storageResourceUri: storage.container, token: sas });
    expect(result.status).toBe("Succeeded");
    const [blob] = storage.blobs.values();
    expect(blob?.length).toBeGreaterThan(storeBytes);
    expect(growth).toBeLessThan(most);
  });
});
