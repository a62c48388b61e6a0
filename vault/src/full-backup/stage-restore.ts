// SPDX-License-Identifier: Apache-2.0
/**
 * A store that is to take the place of the present one: read from a backup into a folder of its own, and verified there as
 * at a start. Nothing of the present store changes.
 */

import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import {
  fromBase64url,
  installationScope,
  type LogHead,
  StrongroomError,
  syncPath,
} from "@strongroom/core";
import type { HsmClient } from "@strongroom/hsm/client";
import { z } from "zod";
import { Refusal } from "../audit/event.ts";
import { installationRecords, missingKeks } from "../installation/installation-keys.ts";
import { readUnverified, storeFile } from "../installation/read-unverified.ts";
import { createScopeKeys, dataKeyRecord } from "../installation/scope-keys.ts";
import type { AnchoredHead } from "../ledger/ledger.ts";
import { verifyStore } from "../ledger/verify-store.ts";
import type { BackupKeys } from "../objects/backup/backup-keys.ts";
import { lostKeks } from "../objects/backup/lost-keks.ts";
import { openSqliteStore } from "../store/open-sqlite-store.ts";
import type { Store } from "../store/store.ts";
import { decodeEntries } from "./entries.ts";
import { fillStore } from "./fill-store.ts";
import { openStream } from "./sealed-stream.ts";
import { stagingFolder } from "./staging.ts";

/** A verified store, and what the HSM host needs to accept it. */
export interface StagedStore {
  /** Names the restore and its folder. */
  readonly id: string;
  /** Where its logs end. */
  readonly heads: readonly LogHead[];
  /** Blob of its release root. */
  readonly releaseRoot: Uint8Array;
}

/** What staging takes. */
export interface StageDeps {
  readonly hsm: HsmClient;
  readonly backupKeys: Pick<BackupKeys, "of">;
  /** The store's directory. */
  readonly directory: string;
}

const blobSchema = z.object({ blob: z.string() });

/** Reads and verifies a backup. @throws {Refusal} `BadParameter`; {StrongroomError} what is wrong with the store in it */
export async function stageRestore(
  deps: StageDeps,
  id: string,
  stream: AsyncIterable<Uint8Array>,
): Promise<StagedStore> {
  const folder = stagingFolder(deps.directory, id);
  await mkdir(folder, { mode: 0o700 });
  try {
    const staged = await fillAndVerify(deps, folder, stream);
    await syncPath(folder);
    await syncPath(deps.directory);
    return { id, ...staged };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

async function fillAndVerify(
  deps: StageDeps,
  folder: string,
  stream: AsyncIterable<Uint8Array>,
): Promise<Omit<StagedStore, "id">> {
  // Closed before it is answered: all of it is in one file then.
  await using store = await openSqliteStore(join(folder, storeFile));
  const entries = decodeEntries(openStream(stream, deps.backupKeys));
  const anchors = await fillStore(store, entries);
  return await verifyStaged(deps.hsm, store, anchors);
}

/** What a restore needs of a store that verifies, against heads that it must have come by. */
export async function verifyStaged(
  hsm: HsmClient,
  store: Store,
  anchors: readonly AnchoredHead[],
): Promise<Omit<StagedStore, "id">> {
  const unverified = (id: string, scope = installationScope) => readUnverified(store, scope, id);
  if ((await store.logs()).length === 0) {
    throw new Refusal("BadParameter", "the store that is to be restored is empty");
  }
  const missing = missingKeks(await unverified(installationRecords.kek), await hsm.status());
  if (missing === undefined) {
    throw new StrongroomError(
      "StoreTampered",
      "the record of the key encryption keys is unreadable",
    );
  }
  if (missing.length > 0) {
    throw lostKeks(missing);
  }
  const { macKey } = createScopeKeys(hsm, (scope) => unverified(dataKeyRecord, scope));
  const { findings, logs } = await verifyStore(store, anchors, macKey);
  const [finding] = findings;
  if (finding !== undefined) {
    throw new StrongroomError(finding.kind, finding.message);
  }
  const root = blobSchema.safeParse(await unverified(installationRecords.releaseRoot));
  if (!root.success) {
    throw new StrongroomError("StoreTampered", "the record of the release root is unreadable");
  }
  const heads = logs.map(({ log, size, root: hash }) => ({ log, size, root: hash, time: 0 }));
  return { heads, releaseRoot: fromBase64url(root.data.blob) };
}
