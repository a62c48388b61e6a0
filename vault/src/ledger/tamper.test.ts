// SPDX-License-Identifier: Apache-2.0
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { sha256, systemClock, toHex, utf8 } from "@strongroom/core";
import { type FakeHeadSigner, fakeHeadSigner } from "./__fixtures__/fake-head-signer.ts";
import { openTestLedger, testEvent } from "./__fixtures__/open-test-ledger.ts";
import { logChanges, objectA, oldRow, rowChanges, sql } from "./__fixtures__/tampering.ts";
import type { Ledger } from "./ledger.ts";

const directory = mkdtempSync(join(tmpdir(), "strongroom-tamper-"));
const today = join(directory, "today.db");
const yesterday = join(directory, "yesterday.db");
const withCheckpoint = join(directory, "with-checkpoint.db");
const anchors = join(directory, "anchors.json");
let copies = 0;

async function write(ledger: Ledger, name: string, versions: readonly number[]): Promise<void> {
  for (const version of versions) {
    const sealed = utf8(`${name} sealed ${version}`);
    const versionKey = { scope: "v", id: `version/secrets/${name}/${version}` };
    await ledger.commitWithHead(async (tx) => {
      await tx.put({ scope: "v", id: `object/secrets/${name}` }, { current: version });
      await tx.putValue(versionKey, sealed);
      await tx.put(versionKey, { valueDigest: toHex(sha256(sealed)) });
      return { event: testEvent("SecretSet"), result: undefined };
    });
  }
}

beforeAll(async () => {
  const hsm = fakeHeadSigner(anchors);
  {
    await using first = await openTestLedger(today, hsm);
    await write(first.ledger, "a", [1]);
    await write(first.ledger, "b", [1]);
  }
  copyFileSync(today, yesterday);
  {
    await using second = await openTestLedger(today, hsm);
    // In the middle: some leaves of this log lie before it, some behind.
    await write(second.ledger, "a", [2]);
    while ((await second.store.checkpoint()) === undefined) {
      await systemClock.sleep(50);
    }
    await write(second.ledger, "a", [3]);
  }
  copyFileSync(today, withCheckpoint);
  edit(today, sql("delete from checkpoints"));
}, 20_000);
afterAll(() => rmSync(directory, { recursive: true }));

function copyOf(file: string): { readonly file: string; readonly hsm: FakeHeadSigner } {
  copies += 1;
  const copy = join(directory, `copy-${copies}.db`);
  copyFileSync(file, copy);
  copyFileSync(anchors, `${copy}.anchors`);
  return { file: copy, hsm: fakeHeadSigner(`${copy}.anchors`) };
}

function edit(file: string, change: (db: DatabaseSync) => void): void {
  const db = new DatabaseSync(file);
  db.prepare("attach ? as yesterday").run(yesterday);
  change(db);
  db.close();
}

async function openingOf(file: string, hsm: FakeHeadSigner): Promise<unknown> {
  try {
    await using opened = await openTestLedger(file, hsm);
    // What lies before a checkpoint is looked at soon afterwards.
    for (let i = 0; i < 10 && opened.ledger.isSound(); i += 1) {
      await systemClock.sleep(30);
    }
    await opened.ledger.read({ scope: "v", id: "object/secrets/a" });
    return "opened";
  } catch (error) {
    return error;
  }
}

describe.each([
  ["all of which is replayed", today],
  ["with a checkpoint", withCheckpoint],
])("a start over a store, %s, that somebody changed", (_kind, original) => {
  it("succeeds over one that nobody changed", async () => {
    const { file, hsm } = copyOf(original);
    expect(await openingOf(file, hsm)).toBe("opened");
  });

  it.each(Object.entries(rowChanges))("finds that %s", async (_, [change, record]) => {
    const { file, hsm } = copyOf(original);
    edit(file, change);
    const error = await openingOf(file, hsm);
    expect(error).toMatchObject({ code: "StoreTampered" });
    expect(error).toMatchObject({ message: expect.stringContaining(`record v/${record} `) });
  });

  it.each(Object.entries(logChanges))("finds that %s", async (_, [change, message]) => {
    const { file, hsm } = copyOf(original);
    edit(file, change);
    expect(await openingOf(file, hsm)).toMatchObject({ message: expect.stringMatching(message) });
    // Again, and at once: a checkpoint is not believed twice.
    await expect(openTestLedger(file, hsm)).rejects.toMatchObject({
      message: expect.stringMatching(message),
    });
  });
});

describe("a start over an old store", () => {
  it("finds that yesterday's file was put back", async () => {
    const { file, hsm } = copyOf(yesterday);
    expect(await openingOf(file, hsm)).toMatchObject({ code: "HeadRollback" });
  });

  it("finds that the file is gone", async () => {
    const { file, hsm } = copyOf(today);
    rmSync(file);
    expect(await openingOf(file, hsm)).toMatchObject({ code: "HeadRollback" });
  });

  it("anchors nothing and writes nothing when it refuses", async () => {
    const { file, hsm } = copyOf(yesterday);
    const before = await hsm.heads();
    await openingOf(file, hsm);
    expect(await hsm.heads()).toEqual(before);
    expect(hsm.signed).toEqual([]);
  });
});

describe("a read of a row that somebody changed while the vault runs", () => {
  it.each(Object.entries(rowChanges))("finds that %s", async (_, [change, id]) => {
    const { file, hsm } = copyOf(today);
    await using opened = await openTestLedger(file, hsm);
    edit(file, change);
    const { ledger } = opened;
    const key = { scope: "v", id };
    const both = Promise.all([ledger.read(key), ledger.readValue(key)]);
    await expect(both).rejects.toMatchObject({
      code: "StoreTampered",
      message: expect.stringContaining(`record v/${id} `),
    });
  });

  it.each(Object.entries(rowChanges))(
    "finds that %s though it has just been read, once something was recorded",
    async (_, [change, id]) => {
      const { file, hsm } = copyOf(today);
      await using opened = await openTestLedger(file, hsm);
      const { ledger } = opened;
      const key = { scope: "v", id };
      const before = await ledger.read(key);
      const value = await ledger.readValue(key);
      edit(file, change);
      // Until then it answers what the audit log says, never what the row has become.
      expect(await ledger.read(key)).toEqual(before);
      const now = await ledger.readValue(key).catch((error: { code: string }) => error.code);
      expect([value, "StoreTampered"]).toContainEqual(now);
      await ledger.commit(async () => ({ event: testEvent("SecretGet"), result: undefined }));
      const both = Promise.all([ledger.read(key), ledger.readValue(key)]);
      await expect(both).rejects.toMatchObject({ code: "StoreTampered" });
    },
  );

  it("finds rows that are missing from a list or too many in it", async () => {
    const { file, hsm } = copyOf(today);
    await using opened = await openTestLedger(file, hsm);
    const list = () => opened.ledger.list("v", "object/", { limit: 10 });
    expect((await list()).map((each) => each.id)).toEqual(["object/secrets/a", "object/secrets/b"]);
    edit(file, sql("update records set id = 'object/secrets/c' where id = 'object/secrets/b'"));
    await expect(list()).rejects.toMatchObject({ code: "StoreTampered" });
    edit(file, sql("delete from records where id = 'object/secrets/c'"));
    await expect(list()).rejects.toMatchObject({ code: "StoreTampered" });
  });

  it("refuses a request that reads or replaces such a row, and leaves nothing of it", async () => {
    const { file, hsm } = copyOf(today);
    await using opened = await openTestLedger(file, hsm);
    edit(file, sql(`update records set ${oldRow} where ${objectA}`));
    const key = { scope: "v", id: "object/secrets/a" };
    const event = testEvent("SecretSet");
    const reading = opened.ledger.commit(async (tx) => ({ event, result: await tx.read(key) }));
    await expect(reading).rejects.toMatchObject({ code: "StoreTampered" });
    const replacing = opened.ledger.commit(async (tx) => ({
      event,
      result: await tx.put(key, {}),
    }));
    await expect(replacing).rejects.toMatchObject({ code: "StoreTampered" });
    const { log } = opened.ledger;
    expect(await opened.store.leaves(log, { from: 0, limit: 9 })).toHaveLength(1);
  });
});
