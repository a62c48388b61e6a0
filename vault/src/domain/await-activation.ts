// SPDX-License-Identifier: Apache-2.0
/**
 * The vault over an HSM without keys: it answers the security domain's routes and nothing else, until there are keys.
 *
 * There is no CA, no audit log and no store to speak of yet: events go to a journal.
 */

import { join } from "node:path";
import { installationScope, StrongroomError } from "@strongroom/core";
import { connectHsm } from "@strongroom/hsm/client";
import { registerDomainRoutes } from "../http/manage/domain-routes.ts";
import { installationRecords } from "../installation/installation-keys.ts";
import { storeFile } from "../installation/read-unverified.ts";
import { openSqliteStore } from "../store/open-sqlite-store.ts";
import type { VaultDeps } from "../vault-deps.ts";
import { appendToJournal, journalFile } from "./journal.ts";
import { createWaitingApp } from "./waiting-app.ts";

/** Resolves at once if the HSM has keys, and else when a security officer has given it some. */
export async function awaitActivation(deps: VaultDeps): Promise<void> {
  const { config, log } = deps;
  await using hsm = await connectHsm({ directory: config.hsm.directory, log });
  if ((await hsm.domain()).state !== "pending") {
    return;
  }
  const recoveryRequired = await hasKeys(join(config.store.directory, storeFile));
  const elsewhere = recoveryRequired
    ? new StrongroomError("RecoveryRequired", "the HSM lost its keys: upload their security domain")
    : new StrongroomError(
        "NotActivated",
        "the HSM has no keys: download its security domain first",
      );
  const message = "vault waits for its security domain";
  const { app, requests, listen } = await createWaitingApp(deps, elsewhere, message);
  const journal = join(config.store.directory, journalFile);
  const loaded = Promise.withResolvers<void>();
  registerDomainRoutes(app, {
    ...requests,
    ...{ hsm, recoveryRequired },
    onKeysChanged: () => loaded.resolve(),
    outdated: async () => 0,
    beforeRetiring: async () => undefined,
    record: (event) => appendToJournal(journal, event),
  });
  await listen();
  await loaded.promise;
  await app.close();
  log.info("the HSM has its keys");
}

async function hasKeys(file: string): Promise<boolean> {
  await using store = await openSqliteStore(file);
  const key = { scope: installationScope, id: installationRecords.kek };
  return (await store.readUnverified(key)) !== undefined;
}
