// SPDX-License-Identifier: Apache-2.0
/** Records whose content was purged: the ledger forgets no record, so an empty one stands in its place. */

import type { JsonValue, RecordKey } from "@strongroom/core";
import { z } from "zod";
import type { LedgerReader } from "../ledger/ledger.ts";
import { parseRecord } from "../vaults/vault-record.ts";

/** Content of a record that was purged. */
export const erased = { erased: true } as const;

const erasedSchema = z.object({ erased: z.literal(true) });

/** Whether a record's content was purged. */
export function isErased(content: JsonValue): boolean {
  return erasedSchema.safeParse(content).success;
}

/** A record's content as `schema` has it, or nothing where there is none, or none any more. */
export async function readLive<T>(
  reader: Pick<LedgerReader, "read">,
  key: RecordKey,
  schema: z.ZodType<T>,
): Promise<T | undefined> {
  const record = await reader.read(key);
  return record === undefined || isErased(record.body)
    ? undefined
    : parseRecord(schema, record.body);
}
