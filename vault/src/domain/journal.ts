// SPDX-License-Identifier: Apache-2.0
/**
 * What is decided while there is no audit log, before there are keys or while the store is exchanged: events in a file
 * beside the store, which become leaves of the audit log as soon as there is one.
 *
 * Until then nothing authenticates them. An event is durable before its answer leaves.
 */

import { appendFile, open, readFile, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { type AuditEvent, errnoOf, parseJson } from "@strongroom/core";
import type { Ledger } from "../ledger/ledger.ts";

/** Name of the file in the store's directory. */
export const journalFile = "before-activation.jsonl";

/** Appends an event. */
export async function appendToJournal(path: string, event: AuditEvent): Promise<void> {
  await appendFile(path, `${JSON.stringify(event)}\n`, { mode: 0o600, flush: true });
  await syncFolder(path);
}

/** Writes the events of the journal, if there is one, into the audit log, and removes it; one that is cut off is left out. */
export async function adoptJournal(path: string, ledger: Pick<Ledger, "commit">): Promise<void> {
  for (const line of await linesOf(path)) {
    const event = toEvent(line);
    if (event !== undefined) {
      const properties = { beforeActivation: true, ...event.properties };
      await ledger.commit(async () => ({ event: { ...event, properties }, result: undefined }));
    }
  }
  await rm(path, { force: true });
}

async function linesOf(path: string): Promise<readonly string[]> {
  try {
    return (await readFile(path, "utf8")).split("\n").filter((line) => line !== "");
  } catch (error) {
    if (errnoOf(error) === "ENOENT") {
      return [];
    }
    throw error;
  }
}

function toEvent(line: string): AuditEvent | undefined {
  try {
    return parseJson(line) as AuditEvent;
  } catch {
    return undefined;
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(dirname(path), "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
