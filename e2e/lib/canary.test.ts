// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { search, spellingsOf } from "./canary.ts";

const canary = "6rJ-zPq2_WmV8yKtA4bXnL0cFsUe?";
const spellings = spellingsOf(canary);

describe("the search for a canary", () => {
  it.each([
    ["clear", Buffer.from(`before${canary}after`)],
    ["hex", Buffer.from(Buffer.from(`xx${canary}`).toString("hex"))],
    ["HEX", Buffer.from(Buffer.from(`xx${canary}`).toString("hex").toUpperCase())],
    ...["", "a", "ab", "abc", "abcd"].flatMap((before) =>
      (["base64", "base64url"] as const).map(
        (encoding) =>
          [
            `${encoding}+${before.length % 3}`,
            Buffer.from(Buffer.from(`${before}${canary}tail`).toString(encoding)),
          ] as const,
      ),
    ),
  ])("finds it as %s", async (name, bytes) => {
    expect([...(await search([bytes], spellings))]).toContain(name);
  });

  it("finds it wherever a chunk ends", async () => {
    const bytes = Buffer.concat([randomBytes(50), Buffer.from(canary), randomBytes(50)]);
    for (let cut = 0; cut <= bytes.length; cut += 1) {
      const found = await search([bytes.subarray(0, cut), bytes.subarray(cut)], spellings);
      expect([...found]).toEqual(["clear"]);
    }
    const single = Array.from(bytes, (byte) => Buffer.from([byte]));
    expect([...(await search(single, spellings))]).toEqual(["clear"]);
  });

  it("finds nothing in other bytes", async () => {
    expect((await search([randomBytes(1 << 20)], spellings)).size).toBe(0);
  });
});
