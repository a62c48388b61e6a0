// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "@jest/globals";
import { decodeLeaf, StrongroomError } from "@strongroom/core";
import type { Store } from "../store/store.ts";
import { fakeHeadSigner } from "./__fixtures__/fake-head-signer.ts";
import { openTestLedger, putting, testEvent, testKey } from "./__fixtures__/open-test-ledger.ts";
import type { LedgerReading } from "./ledger.ts";

const directory = mkdtempSync(join(tmpdir(), "strongroom-reading-"));
afterAll(() => rmSync(directory, { recursive: true }));
const newFile = () => join(directory, `${randomUUID()}.db`);

/** A request that answers the record's revision, 0 where there is none. */
const readRevision: LedgerReading<number> = (recall) => ({
  event: testEvent("SecretGet"),
  result: recall(testKey)?.revision ?? 0,
});

describe("a request that only reads", () => {
  it("has a leaf that vouches for no write, in its turn among the others", async () => {
    await using opened = await openTestLedger(newFile(), fakeHeadSigner());
    const { ledger, store } = opened;
    const results = await Promise.all([
      ledger.commitReading(readRevision),
      ledger.commit(putting(1)),
      ledger.commitReading(readRevision),
      ledger.commit(putting(2)),
      ledger.commitReading(readRevision),
    ]);
    expect(results).toMatchObject(
      [0, 1, 1, 2, 2].map((result, i) => ({ log: ledger.log, index: i + 1, result })),
    );
    const leaves = await store.leaves(ledger.log, { from: 1, limit: 9 });
    const said = leaves.map(({ bytes }) => decodeLeaf(bytes));
    expect(said.map(({ event }) => event.operationName)).toEqual(
      ["Get", "Set", "Get", "Set", "Get"].map((verb) => `Secret${verb}`),
    );
    expect(said.map(({ writes }) => writes.length)).toEqual([0, 1, 0, 1, 0]);
  });

  it("begins again where a record has to be fetched, and is then told without", async () => {
    const file = newFile();
    const hsm = fakeHeadSigner();
    {
      await using first = await openTestLedger(file, hsm);
      await first.ledger.commit(putting(1));
    }
    await using opened = await openTestLedger(file, hsm);
    let begun = 0;
    const counting: LedgerReading<number> = (recall) => {
      begun += 1;
      return readRevision(recall);
    };
    // Once in its turn, once as work that waits, once with the record; and then at once.
    for (const expected of [3, 4]) {
      expect((await opened.ledger.commitReading(counting)).result).toBe(1);
      expect(begun).toBe(expected);
    }
  });

  it("leaves nothing where it is refused, and keeps its group", async () => {
    await using opened = await openTestLedger(newFile(), fakeHeadSigner());
    const { ledger, store } = opened;
    const refused = ledger.commitReading(() => {
      throw new StrongroomError("Forbidden", "no");
    });
    const others = [ledger.commit(putting(1)), ledger.commitReading(readRevision)];
    await expect(refused).rejects.toMatchObject({ code: "Forbidden" });
    expect((await Promise.all(others)).map(({ index }) => index)).toEqual([1, 2]);
    expect(await store.leaves(ledger.log, { from: 0, limit: 9 })).toHaveLength(3);
  });

  it("is not answered before its leaf is durable, nor where that could not be written", async () => {
    const commits: PromiseWithResolvers<void>[] = [];
    const wrap = (store: Store): Store => ({
      ...store,
      commit: async (writes) => {
        if (commits.length > 0) {
          await commits[0]?.promise;
        }
        return await store.commit(writes);
      },
    });
    await using opened = await openTestLedger(newFile(), fakeHeadSigner(), { wrap });
    const { ledger, store } = opened;
    const gate = Promise.withResolvers<void>();
    commits.push(gate);
    let isAnswered = false;
    const reading = ledger.commitReading(readRevision).finally(() => {
      isAnswered = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(isAnswered).toBe(false);
    expect(await store.leaves(ledger.log, { from: 1, limit: 9 })).toHaveLength(0);
    gate.reject(new StrongroomError("StoreUnavailable", "no disk"));
    await expect(reading).rejects.toMatchObject({ code: "AuditUnavailable" });
    commits.pop();
    expect((await ledger.commitReading(readRevision)).index).toBe(1);
  });
});
