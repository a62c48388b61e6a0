// SPDX-License-Identifier: Apache-2.0
/** Reads of rows that are compared with what the audit log says, and with their own authentic code. */

import {
  decodeRecordBody,
  isStrongroomError,
  type JsonValue,
  type RecordKey,
  recordDigest,
  sha256,
  toHex,
  verifyRecord,
} from "@strongroom/core";
import { z } from "zod";
import type { Page, StoredRecord, StoreReader } from "../store/store.ts";
import { tampered } from "./finding.ts";
import type { MacKeyOf, RecordBody } from "./ledger.ts";
import type { IndexEntry, RecordIndex } from "./record-index.ts";

const describing = z.object({ valueDigest: z.string() });

/** Rows, and what they must be. */
export interface ReadSource {
  readonly rows: StoreReader;
  readonly index: RecordIndex;
  readonly macKey: MacKeyOf;
}

/** Content of the record. @throws {StrongroomError} `StoreTampered` */
export async function readVerified(
  { rows, index, macKey }: ReadSource,
  key: RecordKey,
): Promise<RecordBody | undefined> {
  const row = await rows.record(key);
  const entry = index.get(key);
  return row === undefined && entry === undefined
    ? undefined
    : await checkRow(key, row, entry, macKey);
}

/** Contents of a page. @throws {StrongroomError} `StoreTampered` also if a row is missing between others. */
export async function listVerified(
  { rows, index, macKey }: ReadSource,
  scope: string,
  prefix: string,
  page: Page,
): Promise<readonly RecordBody[]> {
  const found = new Map((await rows.records(scope, prefix, page)).map((row) => [row.id, row]));
  const ids = new Set([...index.page(scope, prefix, page), ...found.keys()]);
  const check = (id: string) =>
    checkRow({ scope, id }, found.get(id), index.get({ scope, id }), macKey);
  return await Promise.all([...ids].map(check));
}

/** Sealed bytes of the value under `key`. @throws {StrongroomError} `StoreTampered` */
export async function readVerifiedValue(
  { rows, index }: ReadSource,
  key: RecordKey,
): Promise<Uint8Array | undefined> {
  const sealed = await rows.value(key);
  checkValue(key, sealed, index.get(key)?.value);
  return sealed;
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
  checkCode(key, row, await macKey(key.scope));
  if (row.revision !== entry.revision || toHex(recordDigest(row)) !== entry.digest) {
    throw tampered(key, "is not at the revision that the audit log says");
  }
  return { id: row.id, revision: row.revision, body: decodeRecordBody(row.body) };
}

function checkCode(key: RecordKey, row: StoredRecord, macKey: Uint8Array): void {
  try {
    verifyRecord(macKey, row);
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
  const parsed = describing.safeParse(content);
  return parsed.success ? parsed.data.valueDigest : undefined;
}
