// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import {
  type AuditLeaf,
  encodeLeaf,
  fromHex,
  leafHash,
  MerkleTree,
  type SignedHead,
  toHex,
  toLogHead,
  verifyInclusion,
} from "@strongroom/core";
import type { StoredLeaf } from "../store/store.ts";
import { systemEvent } from "./event.ts";
import { createLeafProofs } from "./prove-leaves.ts";

const at = new Date("2026-01-01T00:00:00Z");
const [own, closed] = ["0a".repeat(16), "0b".repeat(16)];

const leafOf = (log: string, index: number): AuditLeaf => ({
  ...{ log, index, replica: "r", epoch: 0, writes: [] },
  event: systemEvent(`Number${index}`, at),
});

/** Two logs of `size` leaves, and proofs over them; `pages` counts what was read. */
function world(size: number, change: (leaf: StoredLeaf) => StoredLeaf = (leaf) => leaf) {
  const logs = new Map(
    [own, closed].map((log) => {
      const tree = new MerkleTree();
      const leaves = Array.from({ length: size }, (_, index) => {
        const bytes = encodeLeaf(leafOf(log, index));
        tree.append(leafHash(bytes));
        return { log, index, bytes };
      });
      return [log, { tree, leaves: leaves.map(change) }];
    }),
  );
  const headOf = (log: string) =>
    toLogHead(log, size, logs.get(log)?.tree.root() ?? new Uint8Array(), at);
  let read = 0;
  const proofs = createLeafProofs({
    clock: { now: () => at, sleep: async () => undefined },
    heads: {
      heads: async () => [headOf(own), headOf(closed)],
      signHead: async () => new Uint8Array(64),
    },
    ledger: {
      log: own,
      head: (): SignedHead => ({ ...headOf(own), signature: "newest" }),
      logs: {
        logs: async () => [...logs.keys()],
        leaves: async (log, { from, limit }) => {
          const page = logs.get(log)?.leaves.slice(from, from + limit) ?? [];
          read += page.length;
          return page;
        },
      },
    },
  });
  return { proofs, headOf, rootAt: (n: number) => logs.get(own)?.tree.root(n), read: () => read };
}

describe("a proof of an old leaf", () => {
  const proveUnder = async (
    { proofs, rootAt }: ReturnType<typeof world>,
    index: number,
    { size, newest }: { readonly size: number; readonly newest: number },
  ) => {
    const asked = size === newest ? undefined : size;
    const { head, proof, leaf } = await proofs.prove({ log: own, index }, asked);
    expect(leaf).toEqual(leafOf(own, index));
    expect(head).toMatchObject({ log: own, size, root: toHex(rootAt(size) ?? new Uint8Array()) });
    expect(head.signature).toBe(size === newest ? "newest" : undefined);
    const claim = {
      ...{ index: proof.index, size, leaf: leafHash(encodeLeaf(leaf)) },
      ...{ path: proof.path.map((step) => fromHex(step)), root: fromHex(head.root) },
    };
    expect(verifyInclusion(claim)).toBe(true);
  };

  it.each([1, 2, 1_023, 1_024, 1_025, 2_048, 2_049, 5_000])(
    "holds for leaves of a log of %d, under its newest head and under smaller ones",
    async (newest) => {
      const logs = world(newest);
      const indexes = [0, 1, 1_023, 1_024, 2_047, 2_048, newest - 1].filter((at) => at < newest);
      for (const index of indexes) {
        for (const size of new Set([newest, index + 1, Math.ceil((index + 1 + newest) / 2)])) {
          await proveUnder(logs, index, { size, newest });
        }
      }
      const { head } = await logs.proofs.prove({ log: closed, index: 0 });
      expect(head).toEqual({ ...logs.headOf(closed), signature: "A".repeat(86) });
    },
  );

  it("reads a log as a whole once", async () => {
    const { proofs, read } = world(5_000);
    await proofs.prove({ log: own, index: 7 });
    const first = read();
    await proofs.prove({ log: own, index: 4_000 });
    expect([first >= 5_000, read() - first < 3_000]).toEqual([true, true]);
  });

  it("is not there of a leaf that no head of that size has, or of another log", async () => {
    const { proofs } = world(10);
    for (const [place, size] of [
      [{ log: own, index: 10 }, undefined],
      [{ log: own, index: 5 }, 5],
      [{ log: own, index: 5 }, 11],
      [{ log: "0c".repeat(16), index: 0 }, undefined],
    ] as const) {
      await expect(proofs.prove(place, size)).rejects.toMatchObject({ code: "NotFound" });
    }
    expect(await proofs.read({ log: own, index: 10 })).toBeUndefined();
    expect(await proofs.read({ log: own, index: 9 })).toEqual(leafOf(own, 9));
  });

  it("is not made where a leaf is not the one that was signed", async () => {
    const forged = { ...leafOf(own, 3), event: systemEvent("Forged", at) };
    const { proofs } = world(2_000, (leaf) =>
      leaf.index === 3 ? { ...leaf, bytes: encodeLeaf(forged) } : leaf,
    );
    for (const index of [3, 1_999]) {
      await expect(proofs.prove({ log: own, index })).rejects.toMatchObject({
        code: "StoreTampered",
      });
    }
  });
});
