// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "@jest/globals";
import { decodeLeaf, sha256, toHex, utf8 } from "@strongroom/core";
import { fakeHeadSigner } from "./__fixtures__/fake-head-signer.ts";
import { openTestLedger, putting, testEvent, testKey } from "./__fixtures__/open-test-ledger.ts";
import type { LedgerTransaction } from "./ledger.ts";

const directory = mkdtempSync(join(tmpdir(), "strongroom-ledger-"));
afterAll(() => rmSync(directory, { recursive: true }));
const newFile = () => join(directory, `${randomUUID()}.db`);

const event = testEvent("SecretSet");
const versionKey = { scope: "v", id: "version/secrets/a/1" };

describe("a commit", () => {
  it("writes rows and a leaf that vouches for them, at the next revision", async () => {
    await using opened = await openTestLedger(newFile(), fakeHeadSigner());
    const { ledger, store } = opened;
    await ledger.commit(putting(1));
    const committed = await ledger.commit(putting(2));
    expect(committed).toEqual({ log: ledger.log, index: 2, result: 2 });
    expect(await ledger.read(testKey)).toEqual({
      id: testKey.id,
      revision: 2,
      body: { content: 2 },
    });
    const leaves = await store.leaves(ledger.log, { from: 1, limit: 9 });
    const [one, two] = leaves.map((leaf) => decodeLeaf(leaf.bytes).writes[0]);
    expect(one).toMatchObject({ record: testKey.id, revision: 1, previous: "" });
    expect(two).toMatchObject({ record: testKey.id, revision: 2, previous: one?.digest });
  });

  it("lets requests of one group see each other's writes in order", async () => {
    await using opened = await openTestLedger(newFile(), fakeHeadSigner());
    const { ledger } = opened;
    const increment = async (tx: LedgerTransaction) => {
      const before = await tx.read(testKey);
      const listed = await tx.list(testKey.scope, "object/", { limit: 5 });
      expect(listed).toEqual(before === undefined ? [] : [before]);
      return { event, result: await tx.put(testKey, { content: (before?.revision ?? 0) + 1 }) };
    };
    const results = await Promise.all(Array.from({ length: 600 }, () => ledger.commit(increment)));
    expect(results.map((each) => each.result)).toEqual(results.map((_, i) => i + 1));
    expect(await ledger.read(testKey)).toMatchObject({ revision: 600, body: { content: 600 } });
  });

  it("is never mistaken for tampering by reads that run meanwhile", async () => {
    await using opened = await openTestLedger(newFile(), fakeHeadSigner());
    const { ledger } = opened;
    await ledger.commit(putting(0));
    let isWriting = true;
    const read = async () => {
      for (let seen = 1; isWriting; ) {
        const [one] = await ledger.list(testKey.scope, "object/", { limit: 1 });
        const two = await ledger.read(testKey);
        expect(one?.revision).toBeGreaterThanOrEqual(seen);
        expect(two?.revision).toBeGreaterThanOrEqual(one?.revision ?? Number.NaN);
        seen = two?.revision ?? Number.NaN;
      }
    };
    const readers = Promise.all([read(), read(), read()]);
    for (let round = 0; round < 200; round += 1) {
      await Promise.all([ledger.commit(putting(round)), ledger.commit(putting(round))]);
    }
    isWriting = false;
    await readers;
  });

  it("leaves nothing of a request that throws, and keeps its group", async () => {
    await using opened = await openTestLedger(newFile(), fakeHeadSigner());
    const { ledger, store } = opened;
    const failing = async (tx: LedgerTransaction) => {
      await tx.put(testKey, { content: 99 });
      await tx.put({ scope: "v", id: "other" }, {});
      await tx.spend("jti", new Date(9e12));
      throw new Error("changed its mind");
    };
    const outcomes = await Promise.allSettled([
      ledger.commit(putting(1)),
      ledger.commit(failing),
      ledger.commit(putting(2)),
    ]);
    expect(outcomes.map((outcome) => outcome.status)).toEqual([
      "fulfilled",
      "rejected",
      "fulfilled",
    ]);
    expect(await ledger.read(testKey)).toMatchObject({ revision: 2, body: { content: 2 } });
    expect(await ledger.read({ scope: "v", id: "other" })).toBeUndefined();
    expect(await store.leaves(ledger.log, { from: 0, limit: 9 })).toHaveLength(3);
    const spending = ledger.commit(async (tx) => ({
      event,
      result: await tx.spend("jti", new Date(9e12)),
    }));
    expect((await spending).result).toBe(true);
  });

  it("refuses content and events that have no canonical spelling, and keeps its group", async () => {
    await using opened = await openTestLedger(newFile(), fakeHeadSigner());
    const { ledger } = opened;
    const unspeakable = { ...event, httpStatusCode: Number.NaN };
    const outcomes = await Promise.allSettled([
      ledger.commit(async (tx) => ({ event: unspeakable, result: await tx.put(testKey, {}) })),
      ledger.commit(putting(1)),
    ]);
    expect(outcomes.map((outcome) => outcome.status)).toEqual(["rejected", "fulfilled"]);
    expect(await ledger.read(testKey)).toMatchObject({ revision: 1 });
  });

  it("spends a one-time id for one of many requests", async () => {
    await using opened = await openTestLedger(newFile(), fakeHeadSigner());
    const spend = async (tx: LedgerTransaction) => ({
      event,
      result: await tx.spend("jti", new Date(9e12)),
    });
    const results = await Promise.all(
      Array.from({ length: 50 }, () => opened.ledger.commit(spend)),
    );
    expect(results.filter((each) => each.result)).toHaveLength(1);
  });

  it("refuses keys that are not printable ASCII", async () => {
    await using opened = await openTestLedger(newFile(), fakeHeadSigner());
    for (const id of ["", "é", "a b", "a\n", "x".repeat(513)]) {
      const committing = opened.ledger.commit(async (tx) => ({
        event,
        result: await tx.put({ scope: "v", id }, {}),
      }));
      await expect(committing).rejects.toMatchObject({ code: "BadParameter" });
    }
  });
});

describe("values", () => {
  const sealed = utf8("sealed bytes");
  const valueDigest = toHex(sha256(sealed));

  it("come and go with the records that describe them", async () => {
    const file = newFile();
    const hsm = fakeHeadSigner();
    {
      await using opened = await openTestLedger(file, hsm);
      const { ledger } = opened;
      await ledger.commit(async (tx) => {
        await tx.putValue(versionKey, sealed);
        return { event, result: await tx.put(versionKey, { valueDigest }) };
      });
      await ledger.commit(async (tx) => ({
        event,
        result: await tx.put(versionKey, { valueDigest, enabled: false }),
      }));
      expect(await ledger.readValue(versionKey)).toEqual(sealed);
    }
    await using opened = await openTestLedger(file, hsm);
    expect(await opened.ledger.readValue(versionKey)).toEqual(sealed);
    await opened.ledger.commit(async (tx) => {
      await tx.removeValue(versionKey);
      return { event, result: await tx.put(versionKey, { purged: true }) };
    });
    expect(await opened.ledger.readValue(versionKey)).toBeUndefined();
  });

  it.each<readonly [string, (tx: LedgerTransaction) => Promise<unknown>]>([
    ["a value without a record", (tx) => tx.putValue(versionKey, sealed)],
    ["a record without its value", (tx) => tx.put(versionKey, { valueDigest })],
    [
      "a record of another value",
      async (tx) => {
        await tx.putValue(versionKey, utf8("another"));
        await tx.put(versionKey, { valueDigest });
      },
    ],
  ])("are refused as %s, which the next start would take for tampering", async (_, work) => {
    const file = newFile();
    const hsm = fakeHeadSigner();
    {
      await using opened = await openTestLedger(file, hsm);
      const committing = opened.ledger.commit(async (tx) => ({ event, result: await work(tx) }));
      await expect(committing).rejects.toMatchObject({ code: "Internal" });
    }
    await using _next = await openTestLedger(file, hsm);
  });
});
