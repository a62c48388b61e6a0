// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "@jest/globals";
import { decodeLeaf } from "@strongroom/core";
import { fakeHeadSigner } from "./__fixtures__/fake-head-signer.ts";
import {
  firstRecord,
  openTestLedger,
  putting,
  type TestLedger,
} from "./__fixtures__/open-test-ledger.ts";
import type { LedgerTransaction } from "./ledger.ts";

const directory = mkdtempSync(join(tmpdir(), "strongroom-ledger-"));
afterAll(() => rmSync(directory, { recursive: true }));
const newFile = () => join(directory, `${randomUUID()}.db`);

describe("a ledger's first start", () => {
  it("writes the caller's records and the opening of the log in one leaf, and has it anchored", async () => {
    const hsm = fakeHeadSigner();
    await using opened = await openTestLedger(newFile(), hsm);
    const { ledger, store } = opened;
    const [stored, ...more] = await store.leaves(ledger.log, { from: 0, limit: 9 });
    const leaf = decodeLeaf(stored?.bytes ?? new Uint8Array());
    expect(more).toEqual([]);
    expect(leaf).toMatchObject({ log: ledger.log, index: 0, replica: "vault-0", heads: [] });
    expect(leaf.event.operationName).toBe("LogOpen");
    expect(leaf.writes.map((write) => write.record)).toEqual([firstRecord.id]);
    expect(await ledger.read(firstRecord)).toMatchObject({ revision: 1, body: { blob: "first" } });
    expect(await hsm.heads()).toMatchObject([{ log: ledger.log, size: 1 }]);
  });

  it("leaves an empty store when it fails, so that the next one is the first", async () => {
    const file = newFile();
    const initialise = async (tx: LedgerTransaction) => {
      await tx.put(firstRecord, { blob: "half" });
      throw new Error("no keys");
    };
    await expect(openTestLedger(file, fakeHeadSigner(), { initialise })).rejects.toThrow("no keys");
    await using opened = await openTestLedger(file, fakeHeadSigner());
    expect(await opened.ledger.read(firstRecord)).toMatchObject({ body: { blob: "first" } });
  });

  it("can be completed when the first head could not be signed", async () => {
    const file = newFile();
    const hsm = fakeHeadSigner();
    hsm.fail("before");
    await expect(openTestLedger(file, hsm)).rejects.toMatchObject({ code: "HsmUnavailable" });
    hsm.fail("never");
    await using opened = await openTestLedger(file, hsm);
    expect(await opened.ledger.read(firstRecord)).toMatchObject({ revision: 1 });
    expect((await hsm.heads()).map((head) => head.size)).toEqual([1, 1]);
  });
});

describe("a later start", () => {
  it("names the heads that no log has named yet, and only those", async () => {
    const file = newFile();
    const hsm = fakeHeadSigner();
    const named: unknown[] = [];
    for (let start = 0; start < 4; start += 1) {
      await using opened = await openTestLedger(file, hsm);
      const { ledger, store } = opened;
      const [stored] = await store.leaves(ledger.log, { from: 0, limit: 1 });
      named.push(decodeLeaf(stored?.bytes ?? new Uint8Array()).heads?.map((head) => head.size));
      await ledger.commit(putting(start));
    }
    expect(named).toEqual([[], [2], [2], [2]]);
  });

  it("anchors what an earlier process wrote after its last head", async () => {
    const file = newFile();
    const hsm = fakeHeadSigner();
    const first = await openTestLedger(file, hsm);
    hsm.fail("before");
    await first.ledger.commit(putting(1));
    await first[Symbol.asyncDispose]();
    hsm.fail("never");
    expect(await hsm.heads()).toMatchObject([{ size: 1 }]);
    await using second = await openTestLedger(file, hsm);
    expect(await hsm.heads()).toMatchObject([
      { log: first.ledger.log, size: 2 },
      { log: second.ledger.log, size: 1 },
    ]);
  });

  it("says which leaves the HSM had not signed, however often it is interrupted before they are", async () => {
    const file = newFile();
    const hsm = fakeHeadSigner();
    const said = async ({ ledger, store }: TestLedger) => {
      const [stored] = await store.leaves(ledger.log, { from: 0, limit: 1 });
      return decodeLeaf(stored?.bytes ?? new Uint8Array()).event.properties["unsigned"];
    };
    const first = await openTestLedger(file, hsm);
    hsm.fail("before");
    await first.ledger.commit(putting(1));
    await first[Symbol.asyncDispose]();
    await expect(openTestLedger(file, hsm)).rejects.toMatchObject({ code: "HsmUnavailable" });
    hsm.fail("never");
    {
      await using second = await openTestLedger(file, hsm);
      expect(await said(second)).toEqual([
        { log: first.ledger.log, from: 1, size: 2 },
        { log: expect.stringMatching(/^[0-9a-f]{32}$/), from: 0, size: 1 },
      ]);
    }
    await using third = await openTestLedger(file, hsm);
    expect(await said(third)).toBeUndefined();
  });
});
