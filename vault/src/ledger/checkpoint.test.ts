// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "@jest/globals";
import { systemClock } from "@strongroom/core";
import { type FakeHeadSigner, fakeHeadSigner } from "./__fixtures__/fake-head-signer.ts";
import {
  openTestLedger,
  type TestLedger,
  testEvent,
  testMacKey,
} from "./__fixtures__/open-test-ledger.ts";
import { decodeCheckpoint, encodeCheckpoint } from "./checkpoint.ts";
import { verifyFromCheckpoint } from "./verify-from-checkpoint.ts";
import type { LogVerification } from "./verify-logs.ts";
import { verifyStore } from "./verify-store.ts";

const directory = mkdtempSync(join(tmpdir(), "strongroom-checkpoint-"));
afterAll(() => rmSync(directory, { recursive: true }));
const newFile = () => join(directory, `${randomUUID()}.db`);

async function put({ ledger }: TestLedger, ...ids: readonly string[]): Promise<void> {
  for (const id of ids) {
    await ledger.commitWithHead(async (tx) => {
      await tx.spend(`${id} ${randomUUID()}`, new Date(9e12));
      return { event: testEvent("SecretSet"), result: await tx.put({ scope: "v", id }, { id }) };
    });
  }
}

/** A store whose checkpoint has leaves of its own log before and behind it, and a later log. */
async function makeStore(file: string, hsm: FakeHeadSigner): Promise<void> {
  {
    await using first = await openTestLedger(file, hsm);
    await put(first, "a", "b", "a");
  }
  {
    await using second = await openTestLedger(file, hsm);
    await put(second, "b", "c");
    while ((await second.store.checkpoint()) === undefined) {
      await systemClock.sleep(50);
    }
    await put(second, "a", "d", "d");
  }
}

function stateOf({ index, spent, logs }: LogVerification) {
  const entries = [...index.keys()].map((key) => [`${key.scope}/${key.id}`, index.get(key)]);
  return {
    records: Object.fromEntries(entries),
    spent: new Map([...spent].sort()),
    logs: logs.map(({ log, size, root }) => `${log} ${size} ${root}`).sort(),
  };
}

describe("a checkpoint", () => {
  it("and what came later come to what all of the logs come to", async () => {
    const [file, hsm] = [newFile(), fakeHeadSigner()];
    await makeStore(file, hsm);
    for (const ids of [["c"], ["a", "e"]]) {
      await using opened = await openTestLedger(file, hsm);
      await put(opened, ...ids);
      const anchors = await hsm.heads();
      const tail = await verifyFromCheckpoint(opened.store, anchors, testMacKey);
      const whole = await verifyStore(opened.store, anchors, testMacKey);
      expect(whole.findings).toEqual([]);
      expect(tail && stateOf(tail)).toEqual(stateOf(whole));
    }
  });

  it("is no checkpoint where another installation made it, or one bit of it is different", () => {
    const hash = "00".repeat(32);
    const open = { log: "l", size: 1, root: hash, frontier: [hash] };
    const checkpoint = { open, closed: [], state: hash, spent: [{ id: "jti", expires: 5 }] };
    const key = new Uint8Array(32).fill(1);
    const bytes = encodeCheckpoint(key, checkpoint);
    expect(decodeCheckpoint(key, bytes)).toEqual(checkpoint);
    expect(decodeCheckpoint(new Uint8Array(32), bytes)).toBeUndefined();
    for (const place of [0, 40, bytes.length - 1]) {
      const changed = bytes.slice();
      changed[place] = (changed[place] ?? 0) ^ 1;
      expect(decodeCheckpoint(key, changed)).toBeUndefined();
    }
    expect(decodeCheckpoint(key, new Uint8Array())).toBeUndefined();
  });
});
