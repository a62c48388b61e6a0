// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "@jest/globals";
import { sha256, systemClock, toHex, utf8 } from "@strongroom/core";
import fc from "fast-check";
import { fakeHeadSigner } from "./__fixtures__/fake-head-signer.ts";
import { openTestLedger, testEvent, testMacKey } from "./__fixtures__/open-test-ledger.ts";
import type { LedgerTransaction } from "./ledger.ts";
import { verifyStore } from "./verify-store.ts";

const directory = mkdtempSync(join(tmpdir(), "strongroom-committer-"));
afterAll(() => rmSync(directory, { recursive: true }));

type Step =
  | { readonly kind: "put"; readonly id: string }
  | { readonly kind: "value"; readonly id: string }
  | { readonly kind: "spend"; readonly id: string }
  | { readonly kind: "wait" | "throw" };

interface Request {
  readonly steps: readonly Step[];
  readonly withHead: boolean;
  /** Turns of the event loop before it is submitted. */
  readonly delay: number;
}

const id = fc.constantFrom("a", "b", "c");
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("put" as const), id }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("value" as const), id }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("spend" as const), id }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("wait" as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("throw" as const) }) },
);
const request: fc.Arbitrary<Request> = fc.record({
  steps: fc.array(step, { maxLength: 5 }),
  withHead: fc.boolean(),
  delay: fc.integer({ min: 0, max: 4 }),
});

/** What the records, values and one-time ids come to when requests run one by one. */
class Model {
  readonly revisions = new Map<string, number>();
  readonly values = new Set<string>();
  readonly spent = new Set<string>();

  run(each: Step): string {
    switch (each.kind) {
      case "put":
        this.revisions.set(each.id, (this.revisions.get(each.id) ?? 0) + 1);
        return `${each.id}@${this.revisions.get(each.id)}`;
      case "value": {
        // A second value in the same place fails.
        const isNew = !this.values.has(each.id);
        this.values.add(each.id);
        return isNew ? "value" : "throw";
      }
      case "spend": {
        const isNew = !this.spent.has(each.id);
        this.spent.add(each.id);
        return `spent ${isNew}`;
      }
      default:
        return each.kind;
    }
  }
}

async function runStep(tx: LedgerTransaction, each: Step): Promise<string> {
  switch (each.kind) {
    case "put":
      return `${each.id}@${await tx.put({ scope: "v", id: each.id }, { some: "content" })}`;
    case "value": {
      const key = { scope: "v", id: `version/${each.id}` };
      const sealed = utf8(each.id);
      await tx.putValue(key, sealed);
      await tx.put(key, { valueDigest: toHex(sha256(sealed)) });
      return "value";
    }
    case "spend":
      return `spent ${await tx.spend(each.id, new Date(9e12))}`;
    case "wait":
      await new Promise((resolve) => setImmediate(resolve));
      return "wait";
    default:
      throw new Error("a request that fails");
  }
}

it("comes to what the successful requests come to one by one, whatever fails and however they interleave", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(request, { minLength: 1, maxLength: 60 }), async (requests) => {
      const file = join(directory, `${randomUUID()}.db`);
      const hsm = fakeHeadSigner();
      await using opened = await openTestLedger(file, hsm);
      const { ledger, store } = opened;
      const submit = async ({ steps, withHead, delay }: Request) => {
        await systemClock.sleep(delay);
        const work = async (tx: LedgerTransaction) => {
          const results: string[] = [];
          for (const each of steps) {
            results.push(await runStep(tx, each));
          }
          return { event: testEvent("SecretSet"), result: results };
        };
        const commit = withHead ? ledger.commitWithHead(work) : ledger.commit(work);
        return { steps, committed: await commit };
      };
      const outcomes = await Promise.allSettled(requests.map(submit));
      const done = outcomes
        .flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value] : []))
        .sort((a, b) => a.committed.index - b.committed.index);

      const model = new Model();
      for (const [place, { steps, committed }] of done.entries()) {
        expect(committed.index).toBe(place + 1);
        expect(committed.result).toEqual(steps.map((each) => model.run(each)));
      }
      for (const [name, revision] of model.revisions) {
        expect((await ledger.read({ scope: "v", id: name }))?.revision).toBe(revision);
      }
      for (const name of ["a", "b", "c"]) {
        const value = await ledger.readValue({ scope: "v", id: `version/${name}` });
        expect(value !== undefined).toBe(model.values.has(name));
      }
      const verified = await verifyStore(store, await hsm.heads(), testMacKey);
      expect(verified.findings).toEqual([]);
      expect(verified.logs[0]?.size).toBe(done.length + 1);
    }),
    { numRuns: 30 },
  );
}, 120_000);
