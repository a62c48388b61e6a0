// SPDX-License-Identifier: Apache-2.0
/** How much more memory a vault needs while a full backup of 100 MiB of secrets is made, into a directory and into a container. */

import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { sas, startBlobStorage } from "../../e2e/socket/fixtures/blob-storage.ts";
import { exchange } from "../../e2e/socket/fixtures/exchange.ts";
import { installationHost } from "../../e2e/socket/fixtures/names.ts";
import { backupOperator } from "../../e2e/socket/fixtures/oidc-issuer.ts";
import { growthOf } from "../../e2e/socket/fixtures/peak-memory.ts";
import { row } from "../in-node.ts";
import { fillSecrets, startMeasuredVault } from "./measured-vault.ts";

const valueBytes = 25_600;
const secrets = 4_096;
const query = "?api-version=7.6-preview.1";

const folder = await mkdtemp(join(tmpdir(), "backup-memory-"));
const directory = join(folder, "backups");
await mkdir(directory);
await using storage = await startBlobStorage(folder);
const { host, caFile } = storage;
const backup = { directory, blobStorage: [{ host, caFile }] };
await using vault = await startMeasuredVault({ backup });
const { installation } = vault;
const token = await installation.oidc.token(backupOperator);

await fillSecrets(vault, 0, secrets, valueBytes);
console.log(`\nA full backup of ${secrets} secrets of 25 KB`);
row("", "MB", "goal", "before");
await measure("more at the peak, into a directory", { storageResourceUri: "file:///backup" });
await measure("more at the peak, into a container", {
  ...{ storageResourceUri: storage.container, token: sas },
});
await rm(folder, { recursive: true });

async function measure(what: string, body: object): Promise<void> {
  const { growth, before } = await growthOf(installation.vault.pid(), () => backUp(body));
  row(what, growth.toFixed(0), "<= 64", before.toFixed(0));
}

async function backUp(body: object): Promise<void> {
  const begun = await ask("POST", "/backup", body);
  const { pathname } = new URL(String(begun.headers["azure-asyncoperation"]));
  for (;;) {
    const { status } = (await ask("GET", pathname)).body;
    if (status === "Succeeded") {
      return;
    }
    if (status !== "InProgress") {
      throw new Error(`the backup ended as ${status}`);
    }
    await sleep(50);
  }
}

async function ask(method: string, path: string, body?: object) {
  const { port } = installation.vault;
  const to = { port, ca: installation.ca(), serverName: installationHost, token };
  return await exchange({ ...to, method, path: path + query, body });
}
