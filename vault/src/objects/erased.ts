// SPDX-License-Identifier: Apache-2.0
/** Records whose content was purged: the ledger forgets no record, so an empty one stands in its place. */

import type { JsonValue, RecordKey } from "@strongroom/core";
import type { z } from "zod";
import type { RecordReader } from "../ledger/ledger.ts";
import { type Recall, readTogether } from "../ledger/read-together.ts";
import { parseRecord } from "../vaults/vault-record.ts";

/** Content of a record that was purged. */
export const erased = { erased: true } as const;

/** Whether a record's content was purged. */
export function isErased(content: JsonValue): boolean {
  return (
    typeof content === "object" &&
    content !== null &&
    "erased" in content &&
    content["erased"] === erased.erased
  );
}

/** A record's content as `schema` has it, or nothing where there is none, or none any more. */
export function recallLive<T>(recall: Recall, key: RecordKey, schema: z.ZodType<T>): T | undefined {
  const record = recall(key);
  return record === undefined || isErased(record.body)
    ? undefined
    : parseRecord(schema, record.body);
}

/** The same of a record that is read alone. */
export function readLive<T>(
  reader: RecordReader,
  key: RecordKey,
  schema: z.ZodType<T>,
): Promise<T | undefined> {
  return readTogether(reader, (recall) => recallLive(recall, key, schema));
}
