// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, describe, expect, it } from "@jest/globals";
import { fakeHeadSigner } from "./__fixtures__/fake-head-signer.ts";
import { openTestLedger, putting, testEvent, testKey } from "./__fixtures__/open-test-ledger.ts";
import type { HeadSigner, LedgerTransaction } from "./ledger.ts";

const directory = mkdtempSync(join(tmpdir(), "strongroom-ledger-"));
afterAll(() => rmSync(directory, { recursive: true }));
const newFile = () => join(directory, `${randomUUID()}.db`);

const event = testEvent("SecretSet");
const unavailable = { code: "AuditUnavailable" };

describe("when things take too long", () => {
  const never = new Promise<never>(() => undefined);

  it("tells the caller after two seconds, takes the request back and goes on", async () => {
    await using opened = await openTestLedger(newFile(), fakeHeadSigner());
    const { ledger } = opened;
    const kept: LedgerTransaction[] = [];
    const hanging = ledger.commit(async (tx) => {
      kept.push(tx);
      await tx.put(testKey, { content: 99 });
      return await never;
    });
    const behind = ledger.commit(putting(1)).then(
      () => "written",
      () => "refused",
    );
    const started = Date.now();
    await expect(hanging).rejects.toMatchObject(unavailable);
    expect(Date.now() - started).toBeGreaterThan(1900);
    expect(["written", "refused"]).toContain(await behind);
    // What the request tries after its end reaches neither this group nor a later one.
    await expect(kept[0]?.put(testKey, { content: 100 })).rejects.toMatchObject({
      code: "Internal",
    });
    const { result: revision } = await ledger.commit(putting(2));
    expect(await ledger.read(testKey)).toEqual({ id: testKey.id, revision, body: { content: 2 } });
    expect(revision).toBeLessThanOrEqual(2);
  });

  it("gives work that is itself long a minute", async () => {
    await using opened = await openTestLedger(newFile(), fakeHeadSigner());
    const { ledger } = opened;
    const long = async (tx: LedgerTransaction) => {
      await delay(2_500);
      return await putting(1)(tx);
    };
    await expect(ledger.commit(long)).rejects.toMatchObject(unavailable);
    expect((await ledger.commitBulk(long)).result).toBe(1);
  });

  it("tells the caller of a release that the HSM does not answer", async () => {
    const fake = fakeHeadSigner();
    let isHanging = false;
    const hsm: HeadSigner = {
      heads: () => fake.heads(),
      signHead: (head, proof) => (isHanging ? never : fake.signHead(head, proof)),
    };
    await using opened = await openTestLedger(newFile(), hsm);
    isHanging = true;
    await expect(opened.ledger.commitWithHead(putting(1))).rejects.toMatchObject(unavailable);
    expect((await opened.ledger.commit(putting(2))).result).toBe(2);
  });

  it("refuses at once what is too much to wait", async () => {
    await using opened = await openTestLedger(newFile(), fakeHeadSigner());
    const { ledger } = opened;
    const outcomes = await Promise.allSettled(
      Array.from({ length: 5000 }, () => ledger.commit(async () => ({ event, result: 1 }))),
    );
    const refused = outcomes.filter((outcome) => outcome.status === "rejected");
    expect(refused.length).toBeGreaterThanOrEqual(5000 - 4096 - 256);
    for (const outcome of refused) {
      expect(outcome.reason).toMatchObject(unavailable);
    }
  });
});

describe("when a commit fails", () => {
  it.each(["before", "after"] as const)(
    "finds out whether it took place (%s the failure) and goes on from there",
    async (when) => {
      let isFailing = false;
      const file = newFile();
      const hsm = fakeHeadSigner();
      {
        await using opened = await openTestLedger(file, hsm, {
          wrap: (store) => ({
            ...store,
            commit: async (writes) => {
              const fail = () => {
                if (isFailing) {
                  throw new Error("connection lost");
                }
              };
              when === "before" && fail();
              const committed = await store.commit(writes);
              fail();
              return committed;
            },
          }),
        });
        const { ledger } = opened;
        isFailing = true;
        await expect(ledger.commit(putting(1))).rejects.toMatchObject(unavailable);
        isFailing = false;
        const landed = when === "after" ? 1 : 0;
        expect((await ledger.read(testKey))?.revision).toBe(landed === 1 ? 1 : undefined);
        const { head, result, index } = await ledger.commitWithHead(putting(2));
        expect([result, index, head.size]).toEqual([landed + 1, landed + 1, landed + 2]);
      }
      await using _next = await openTestLedger(file, hsm);
    },
  );

  it("tells every caller when the store is gone", async () => {
    await using opened = await openTestLedger(newFile(), fakeHeadSigner());
    await opened.store[Symbol.asyncDispose]();
    const gone = { code: "StoreUnavailable" };
    const writingNothing = async () => ({ event, result: undefined });
    await expect(opened.ledger.commit(putting(1))).rejects.toMatchObject(gone);
    await expect(opened.ledger.commit(writingNothing)).rejects.toMatchObject(unavailable);
    await expect(opened.ledger.commit(putting(2))).rejects.toMatchObject(unavailable);
    await expect(opened.ledger.read(testKey)).rejects.toMatchObject({ code: "StoreUnavailable" });
  });

  it("finishes what is queued when it is closed, signs the last head, and refuses the rest", async () => {
    const hsm = fakeHeadSigner();
    const opened = await openTestLedger(newFile(), hsm);
    const { ledger } = opened;
    const queued = Promise.all(Array.from({ length: 300 }, (_, i) => ledger.commit(putting(i))));
    await opened[Symbol.asyncDispose]();
    expect(await queued).toHaveLength(300);
    expect(await hsm.heads()).toMatchObject([{ size: 301 }]);
    await expect(ledger.commit(putting(1))).rejects.toMatchObject(unavailable);
  });
});
