// SPDX-License-Identifier: Apache-2.0
/** Opens store, HSM and ledger as one installation, or makes a new one where there is none. */

import { hostname } from "node:os";
import { join } from "node:path";
import {
  type AuditEvent,
  type Clock,
  fromBase64url,
  installationScope,
  type JsonValue,
  type Log,
  StrongroomError,
  toBase64url,
} from "@strongroom/core";
import { type AcceptedRollback, connectHsm, type HsmClient } from "@strongroom/hsm/client";
import { z } from "zod";
import type { VaultConfig } from "../config.ts";
import { anchorAgain } from "../domain/anchor-again.ts";
import { adoptJournal, journalFile } from "../domain/journal.ts";
import type { Exchange } from "../full-backup/restores.ts";
import { carryOutRestore, decideRestore, requireTaken } from "../full-backup/settle-restore.ts";
import { removeStaged } from "../full-backup/staging.ts";
import { createLedger } from "../ledger/create-ledger.ts";
import type { HeadSigner, Ledger } from "../ledger/ledger.ts";
import { openSqliteStore } from "../store/open-sqlite-store.ts";
import type { Store } from "../store/store.ts";
import {
  checkToken,
  type InstallationKeys,
  installationRecords,
  makeInstallation,
  openInstallationKeys,
  writeInstallation,
} from "./installation-keys.ts";
import { readUnverified, storeFile } from "./read-unverified.ts";
import { createScopeKeys, dataKeyRecord, type ScopeKeys } from "./scope-keys.ts";

/** An open installation. */
export interface Installation extends AsyncDisposable {
  readonly hsm: HsmClient;
  readonly store: Store;
  readonly ledger: Ledger;
  /** What signs heads for the ledger, and those of its closed logs once more. */
  readonly heads: HeadSigner;
  readonly keys: InstallationKeys;
  readonly scopeKeys: ScopeKeys;
}

const blobSchema = z.object({ blob: z.string() });

/** Opens it, and exchanges its store before if that is asked for. @throws {StrongroomError} `RecoveryRequired`, `StoreTampered`, `HeadRollback`, `StoreUnavailable`. */
export async function openInstallation(
  config: VaultConfig,
  clock: Clock,
  log: Log,
  exchange?: Exchange,
): Promise<Installation> {
  await using stack = new AsyncDisposableStack();
  const hsm = stack.use(await connectHsm({ directory: config.hsm.directory, log }));
  const { directory } = config.store;
  // A restore that the HSM host does not accept leaves the store as it is.
  await (exchange && decideRestore(hsm, exchange.staged).catch(exchange.fail));
  const rollback = await carryOutRestore({ hsm, directory });
  const store = stack.use(await openSqliteStore(join(directory, storeFile)));
  const unverified = (id: string, scope = installationScope) => readUnverified(store, scope, id);
  const scopeKeys = createScopeKeys(hsm, (scope) => unverified(dataKeyRecord, scope));
  const fresh = (await unverified(installationRecords.kek)) === undefined;
  const first = await prepare({ hsm, scopeKeys, fresh, clock, unverified });
  const journal = join(directory, journalFile);
  if ((await hsm.domain()).recovered) {
    await anchorAgain({ hsm, store, clock, journal }, headSigner(hsm, first.headKey));
  }
  if (rollback !== undefined) {
    await requireTaken(store, rollback);
  }
  const heads = headSigner(hsm, first.headKey);
  const ledger = stack.use(
    await createLedger({
      opening: openingOf(rollback),
      store,
      hsm: heads,
      clock,
      log,
      replica: hostname(),
      macKey: scopeKeys.macKey,
      initialise: async (tx) => await writeInstallation(first.records, tx),
    }),
  );
  if (rollback !== undefined) {
    // Its first leaf is anchored by now.
    await hsm.rollbackRecorded();
    await removeStaged(directory);
  }
  await adoptJournal(journal, ledger);
  const keys = await openInstallationKeys(hsm, ledger);
  const resources = stack.move();
  return {
    hsm,
    store,
    ledger,
    heads,
    keys,
    scopeKeys,
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

function openingOf(rollback: AcceptedRollback | undefined): AuditEvent["properties"] {
  if (rollback === undefined) {
    return {};
  }
  const { statement, signature } = rollback;
  const givenUp = statement.givenUp.map((head) => ({ ...head }));
  return { rollback: { ...statement, givenUp, signature: toBase64url(signature) } };
}

interface Preparation {
  readonly hsm: HsmClient;
  readonly scopeKeys: ScopeKeys;
  readonly fresh: boolean;
  readonly clock: Clock;
  readonly unverified: (id: string) => Promise<JsonValue | undefined>;
}

// The token is checked before anything is believed; its keys are made only for a store that never had any.
async function prepare({ hsm, scopeKeys, fresh, clock, unverified }: Preparation) {
  if (!fresh) {
    checkToken(await unverified(installationRecords.kek), await hsm.status());
    return { records: [], headKey: blobOf(await unverified(installationRecords.headKey)) };
  }
  const records = await makeInstallation(hsm, scopeKeys, clock.now());
  const head = records.find(([id]) => id === installationRecords.headKey);
  return { records, headKey: blobOf(head?.[1]) };
}

function headSigner(hsm: HsmClient, headKey: Uint8Array): HeadSigner {
  return {
    signHead: (head, consistency) => hsm.signHead(headKey, head, consistency),
    heads: () => hsm.heads(),
  };
}

function blobOf(content: JsonValue | undefined): Uint8Array {
  const parsed = blobSchema.safeParse(content);
  if (!parsed.success) {
    throw new StrongroomError("StoreTampered", "the head key's record is missing or unreadable");
  }
  return fromBase64url(parsed.data.blob);
}
