// SPDX-License-Identifier: Apache-2.0
/** One page of the records under a prefix that somebody wants to see, for a bounded number of records looked at. */

import type { LedgerReader, RecordBody } from "../ledger/ledger.ts";
import { listScan } from "./limits.ts";

/** Where to look, and for how many. */
export interface Scan {
  readonly scope: string;
  readonly prefix: string;
  /** Id behind which the page begins. */
  readonly after: string | undefined;
  readonly limit: number;
}

/** What was found, and the id behind which to look on; none where everything was looked at. */
export interface ScannedPage<T> {
  readonly items: readonly T[];
  readonly after: string | undefined;
}

const readAtOnce = 100;

/** Looks at records in the order of ids; `pick` answers nothing for one that does not belong to the page. */
export async function scanPage<T>(
  reader: Pick<LedgerReader, "list">,
  scan: Scan,
  pick: (record: RecordBody) => Promise<T | undefined>,
): Promise<ScannedPage<T>> {
  const items: T[] = [];
  let seen = 0;
  for await (const record of recordsOf(reader, scan)) {
    const item = await pick(record);
    if (item !== undefined) {
      items.push(item);
    }
    seen += 1;
    if (items.length === scan.limit || seen === listScan) {
      return { items, after: record.id };
    }
  }
  return { items, after: undefined };
}

async function* recordsOf(reader: Pick<LedgerReader, "list">, { scope, prefix, ...scan }: Scan) {
  for (let after = scan.after; ; ) {
    const page = { limit: readAtOnce, ...(after === undefined ? {} : { after }) };
    const records = await reader.list(scope, prefix, page);
    yield* records;
    after = records.at(-1)?.id;
    if (records.length < readAtOnce) {
      return;
    }
  }
}
