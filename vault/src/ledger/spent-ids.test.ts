// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, describe, expect, it } from "@jest/globals";
import { type FakeHeadSigner, fakeHeadSigner } from "./__fixtures__/fake-head-signer.ts";
import { openTestLedger, testEvent } from "./__fixtures__/open-test-ledger.ts";
import type { Ledger } from "./ledger.ts";

const directory = mkdtempSync(join(tmpdir(), "strongroom-spent-"));
afterAll(() => rmSync(directory, { recursive: true }));
const newFile = () => join(directory, `${randomUUID()}.db`);
const inAnHour = () => new Date(Date.now() + 3_600_000);

async function spend(ledger: Ledger, id: string, expiresAt = inAnHour()): Promise<boolean> {
  const spending = ledger.commitWithHead(async (tx) => ({
    event: testEvent("SecretRelease"),
    result: await tx.spend(id, expiresAt),
  }));
  return (await spending).result;
}

/** Spends an id in a process of its own. */
async function spendOnce(file: string, hsm: FakeHeadSigner, id: string): Promise<void> {
  await using opened = await openTestLedger(file, hsm);
  expect(await spend(opened.ledger, id)).toBe(true);
}

describe("a one-time id", () => {
  it("is used up for every later process too", async () => {
    const [file, hsm] = [newFile(), fakeHeadSigner()];
    await spendOnce(file, hsm, "jti");
    await using opened = await openTestLedger(file, hsm);
    expect(await spend(opened.ledger, "jti")).toBe(false);
    expect(await spend(opened.ledger, "another")).toBe(true);
  });

  it("cannot be made good again by whoever edits the store", async () => {
    const [file, hsm] = [newFile(), fakeHeadSigner()];
    await spendOnce(file, hsm, "jti");
    const db = new DatabaseSync(file);
    const changed = db
      .prepare("update leaves set bytes = cast(replace(bytes, '\"jti\"', '\"xxx\"') as blob)")
      .run();
    db.close();
    expect(changed.changes).toBeGreaterThan(0);
    await expect(openTestLedger(file, hsm)).rejects.toMatchObject({ code: "HeadRollback" });
  });

  it("may be used again once it has expired, which whoever checks it then refuses", async () => {
    const [file, hsm] = [newFile(), fakeHeadSigner()];
    {
      await using opened = await openTestLedger(file, hsm);
      expect(await spend(opened.ledger, "jti", new Date(Date.now() + 50))).toBe(true);
      expect(await spend(opened.ledger, "jti", new Date(Date.now() + 50))).toBe(false);
    }
    await new Promise((resolve) => setTimeout(resolve, 60));
    await using opened = await openTestLedger(file, hsm);
    expect(await spend(opened.ledger, "jti")).toBe(true);
  });
});
