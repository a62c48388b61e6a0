// SPDX-License-Identifier: Apache-2.0
/** Compares every row of the store with what the audit logs say. */

import { isStrongroomError, type RecordKey } from "@strongroom/core";
import type { Page, StoreScanner } from "../store/store.ts";
import { collectFindings, type Finding, nameOf, type Report } from "./finding.ts";
import type { MacKeyOf } from "./ledger.ts";
import { pageSizes } from "./limits.ts";
import type { RecordIndex } from "./record-index.ts";
import { checkRow, checkValue, describedValue } from "./verified-reads.ts";

/** Rows to compare. */
export type RowSource = Pick<StoreScanner, "everyRecord" | "everyValue">;

/** Verifies all records and values, and notes in `index` which values the records describe. */
export async function verifyRecords(
  source: RowSource,
  index: RecordIndex,
  macKey: MacKeyOf,
): Promise<readonly Finding[]> {
  const { findings, report } = collectFindings();
  await verifyRows(source, index, macKey, report);
  await verifyValues(source, index, report);
  return findings;
}

async function verifyRows(
  source: RowSource,
  index: RecordIndex,
  macKey: MacKeyOf,
  report: Report,
): Promise<void> {
  const unseen = new Set([...index.keys()].map(nameOf));
  for await (const row of everyRow((page) => source.everyRecord(page), pageSizes.records)) {
    unseen.delete(nameOf(row));
    await reportTampering(report, async () => {
      const entry = index.get(row);
      const { body } = await checkRow(row, row, entry, macKey);
      if (entry !== undefined) {
        index.set(row, { ...entry, value: describedValue(body) });
      }
    });
  }
  for (const name of unseen) {
    report("StoreTampered", `${name} is in the audit log and has no row`);
  }
}

/** Compares every value with the record that describes it, as `index` knows it. */
export async function verifyValues(
  source: RowSource,
  index: RecordIndex,
  report: Report,
): Promise<void> {
  const described = [...index.keys()].filter((key) => index.get(key)?.value !== undefined);
  const unseen = new Set(described.map(nameOf));
  for await (const value of everyRow((page) => source.everyValue(page), pageSizes.values)) {
    unseen.delete(nameOf(value));
    await reportTampering(report, async () =>
      checkValue(value, value.sealed, index.get(value)?.value),
    );
  }
  for (const name of unseen) {
    report("StoreTampered", `${name} describes a value that is missing`);
  }
}

/** Every row, read in pages. */
export async function* everyRow<Row extends RecordKey>(
  read: (page: Page<RecordKey>) => Promise<readonly Row[]>,
  limit: number,
): AsyncIterable<Row> {
  for (let after: RecordKey | undefined; ; ) {
    const page = await read({ after, limit });
    yield* page;
    if (page.length < limit) {
      return;
    }
    after = page.at(-1);
  }
}

/** Reports the tampering that `check` finds. */
export async function reportTampering(report: Report, check: () => Promise<void>): Promise<void> {
  try {
    await check();
  } catch (error) {
    if (!isStrongroomError(error, "StoreTampered")) {
      throw error;
    }
    report("StoreTampered", error.message);
  }
}
