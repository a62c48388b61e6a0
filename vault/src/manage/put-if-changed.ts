// SPDX-License-Identifier: Apache-2.0
/** Writing a record only if it says something new, so that a repeated call leaves nothing but its leaf. */

import type { JsonValue } from "@strongroom/core";
import type { LedgerTransaction } from "../ledger/ledger.ts";

/** Writes a record unless it says the same already: a second pass of the operator leaves no trace. */
export async function putIfChanged(
  tx: LedgerTransaction,
  key: { readonly scope: string; readonly id: string },
  content: { readonly [name: string]: JsonValue | undefined },
): Promise<void> {
  const known = await tx.read(key);
  if (JSON.stringify(sorted(known?.body)) !== JSON.stringify(sorted(content))) {
    await tx.put(key, content);
  }
}

function sorted(value: JsonValue | undefined): JsonValue | undefined {
  if (Array.isArray(value)) {
    return value.map((item: JsonValue) => sorted(item) ?? null);
  }
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
    return Object.fromEntries(
      entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([k, v]) => [k, sorted(v)]),
    );
  }
  return value;
}
