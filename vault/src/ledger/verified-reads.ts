// SPDX-License-Identifier: Apache-2.0
/** Reads of rows that are compared with what the audit log says, and with their own authentic code. */

import {
  decodeRecordBody,
  isStrongroomError,
  type JsonValue,
  type RecordKey,
  sha256,
  toHex,
  verifyRecord,
} from "@strongroom/core";
import type { Page, StoredRecord, StoreReader } from "../store/store.ts";
import { tampered } from "./finding.ts";
import type { MacKeyOf, RecordBody } from "./ledger.ts";
import type { LedgerState } from "./ledger-state.ts";
import type { IndexEntry } from "./record-index.ts";
import type { VerifiedRows } from "./verified-rows.ts";

/** Rows, and what they must be. */
export interface ReadSource {
  readonly rows: StoreReader;
  readonly state: LedgerState;
  readonly verified: VerifiedRows;
  readonly macKey: MacKeyOf;
}

/** Content of the record. @throws {StrongroomError} `StoreTampered` */
export async function readVerified(
  source: ReadSource,
  key: RecordKey,
): Promise<RecordBody | undefined> {
  return (
    recallVerified(source, key) ?? (await checkedRow(source, key, await source.rows.record(key)))
  );
}

/** The same, where its row was compared a moment ago or is not written yet. */
export function recallVerified(
  { state, verified }: Pick<ReadSource, "state" | "verified">,
  key: RecordKey,
): RecordBody | undefined {
  const changed = state.body(key);
  if (changed !== undefined) {
    return changed;
  }
  const entry = state.index.get(key);
  return entry && verified.freshRecord(entry);
}

/** Contents of a page. @throws {StrongroomError} `StoreTampered` also if a row is missing between others. */
export async function listVerified(
  source: ReadSource,
  scope: string,
  prefix: string,
  page: Page,
): Promise<readonly RecordBody[]> {
  const { rows, state } = source;
  const ids = state.index.page(scope, prefix, page);
  const last = ids.length < page.limit ? undefined : ids.at(-1);
  const found = new Map<string, StoredRecord>();
  for (const row of await rows.records(scope, prefix, page)) {
    // Changes that are not durable yet can push rows off the page.
    if (last === undefined || row.id <= last) {
      found.set(row.id, row);
    }
  }
  const contents: RecordBody[] = [];
  for (const id of new Set([...ids, ...found.keys()])) {
    const key = { scope, id };
    const content = state.body(key) ?? (await checkedRow(source, key, found.get(id)));
    if (content !== undefined) {
      contents.push(content);
    }
  }
  return contents;
}

/** Sealed bytes of the value under `key`, where its row was compared a moment ago. */
export function recallValue(
  { state, verified }: Pick<ReadSource, "state" | "verified">,
  key: RecordKey,
): Uint8Array | undefined {
  const entry = state.index.get(key);
  return entry && verified.freshValue(entry);
}

/** Sealed bytes of the value under `key`. @throws {StrongroomError} `StoreTampered` */
export async function readVerifiedValue(
  source: ReadSource,
  key: RecordKey,
): Promise<Uint8Array | undefined> {
  const { rows, state, verified } = source;
  const changed = state.value(key);
  if (changed !== undefined) {
    return changed.sealed;
  }
  const fresh = recallValue(source, key);
  if (fresh !== undefined) {
    return fresh;
  }
  const entry = state.index.get(key);
  const sealed = await rows.value(key);
  const known = sealed && entry && verified.sameValue(entry, sealed);
  if (known !== undefined) {
    return known;
  }
  checkValue(key, sealed, entry?.value);
  if (sealed !== undefined && entry !== undefined) {
    verified.rememberValue(entry, sealed);
  }
  return sealed;
}

async function checkedRow(
  { state, verified, macKey }: ReadSource,
  key: RecordKey,
  row: StoredRecord | undefined,
): Promise<RecordBody | undefined> {
  const entry = state.index.get(key);
  if (row === undefined && entry === undefined) {
    return undefined;
  }
  const known = row && entry && verified.sameRecord(entry, row);
  if (known !== undefined) {
    return known;
  }
  const body = await checkRow(key, row, entry, macKey);
  if (row !== undefined && entry !== undefined) {
    verified.rememberRecord(entry, row, body);
  }
  return body;
}

/** Content of a row that is the entry's revision. @throws {StrongroomError} `StoreTampered` */
export async function checkRow(
  key: RecordKey,
  row: StoredRecord | undefined,
  entry: IndexEntry | undefined,
  macKey: MacKeyOf,
): Promise<RecordBody> {
  if (row === undefined) {
    throw tampered(key, "is in the audit log and has no row");
  }
  // Before the MAC key is asked for: a row that nobody wrote may be in a scope that does not exist.
  if (entry === undefined) {
    throw tampered(key, "has a row and is not in the audit log");
  }
  const digest = toHex(checkCode(key, row, await macKey(key.scope)));
  if (row.revision !== entry.revision || digest !== entry.digest) {
    throw tampered(key, "is not at the revision that the audit log says");
  }
  return { id: row.id, revision: row.revision, body: decodeRecordBody(row.body) };
}

function checkCode(key: RecordKey, row: StoredRecord, macKey: Uint8Array): Uint8Array {
  try {
    return verifyRecord(macKey, row);
  } catch (error) {
    throw isStrongroomError(error, "StoreTampered")
      ? tampered(key, "does not carry its authentic code")
      : error;
  }
}

/** @throws {StrongroomError} `StoreTampered` unless the sealed bytes are those that the record describes. */
export function checkValue(
  key: RecordKey,
  sealed: Uint8Array | undefined,
  digest: string | undefined,
): void {
  if (sealed === undefined && digest !== undefined) {
    throw tampered(key, "describes a value that is missing");
  }
  if (sealed !== undefined && digest === undefined) {
    throw tampered(key, "has a value that it does not describe");
  }
  if (sealed !== undefined && toHex(sha256(sealed)) !== digest) {
    throw tampered(key, "describes another value than the one stored");
  }
}

/** Digest of the sealed value that a record's content describes, if any. */
export function describedValue(content: JsonValue): string | undefined {
  const digest =
    typeof content === "object" && content !== null && "valueDigest" in content
      ? content["valueDigest"]
      : undefined;
  return typeof digest === "string" ? digest : undefined;
}
