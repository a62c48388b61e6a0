// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";

interface Row {
  readonly item: string;
  readonly pitfall: string;
  readonly file: string;
  readonly check: string;
}

const folder = join(import.meta.dirname, "..");
const rows: readonly Row[] = JSON.parse(readFileSync(join(folder, "../pitfalls.json"), "utf8"));
const squeeze = (text: string) => text.replaceAll(/\s+/gu, " ");

describe("10.1 item 8: no check of a known pitfall is dropped unseen", () => {
  it("the table has each failure of other verifiers, the attacks on platforms, and the binding", () => {
    const items = new Set(rows.map(({ item }) => item));
    // 10.1.8, checks that were dropped, is what this table is for.
    const numbers = Array.from({ length: 23 }, (_, index) => `10.1.${index + 1}`);
    const expected = numbers.filter((item) => item !== "10.1.8").concat("10.2", "10.3");
    expect([...items].sort()).toEqual(expected.sort());
  });

  it.each(rows.map((row) => [row.item, row.pitfall, row] as const))("%s %s", (_, __, row) => {
    const text = squeeze(readFileSync(join(folder, row.file), "utf8"));
    const check = squeeze(row.check.replaceAll(/[«»]/gu, ""));
    expect({ file: row.file, check, times: text.split(check).length - 1 }).toMatchObject({
      times: 1,
    });
  });
});
