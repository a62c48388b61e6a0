// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { headsDigest, leafHash, MerkleTree, toLogHead, utf8 } from "@strongroom/core";
import { type Anchor, openAnchor } from "./anchor.ts";
import { openRollbacks } from "./rollbacks.ts";

const at = new Date(1_700_000_000_000);
const clock = { now: () => at };
const [older, newer] = ["0", "1"].map((digit) => digit.repeat(32)) as [string, string];
const ids = ["a", "b"].map((digit) => digit.repeat(32)) as [string, string];
const tree = new MerkleTree();
for (let index = 0; index < 16; index += 1) {
  tree.append(leafHash(utf8(`leaf ${index}`)));
}
const headOf = (log: string, size: number) => toLogHead(log, size, tree.root(size), at);
const nameOf = ({ log, size, root }: ReturnType<typeof headOf>) => ({ log, size, root });
const sign = () => utf8("signature");
const back = { id: ids[0], heads: [headOf(older, 5)], sign };

let root: string;
let path: string;
let anchor: Anchor;

const open = async () => {
  anchor = await openAnchor(join(root, "heads"));
  return await openRollbacks(path, anchor, clock);
};

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "rollbacks-"));
  path = join(root, "rollback.json");
  anchor = await openAnchor(join(root, "heads"));
  await anchor.extend(headOf(older, 9), []);
  await anchor.extend(headOf(newer, 3), []);
});
afterEach(async () => {
  await rm(root, { recursive: true });
});

describe("an accepted rollback", () => {
  it("names every head that is given up, and anchors the others in their place", async () => {
    const rollbacks = await open();
    const { statement, signature, recorded } = await rollbacks.accept(back);
    expect(statement).toEqual({
      ...{ epoch: 1, id: ids[0], time: at.getTime(), taken: headsDigest(back.heads) },
      givenUp: [headOf(older, 9), headOf(newer, 3)].map(nameOf),
    });
    expect([signature, recorded]).toEqual([utf8("signature"), false]);
    expect((await openAnchor(join(root, "heads"))).list("", 10)).toEqual(back.heads);
  });

  it("does not name a head that stays", async () => {
    const rollbacks = await open();
    const heads = [headOf(older, 9), headOf("2".repeat(32), 2)];
    const { statement } = await rollbacks.accept({ ...back, heads });
    expect(statement.givenUp).toEqual([nameOf(headOf(newer, 3))]);
  });

  it("changes nothing where it is not signed", async () => {
    const rollbacks = await open();
    const refusing = () => {
      throw new Error("no such key");
    };
    await expect(rollbacks.accept({ ...back, sign: refusing })).rejects.toThrow("no such key");
    expect(rollbacks.last()).toBeUndefined();
    expect(anchor.list("", 10)).toHaveLength(2);
    expect((await open()).last()).toBeUndefined();
  });

  it("is answered again, and does not take back what was anchored since", async () => {
    const first = await (await open()).accept(back);
    await anchor.extend(headOf(older, 7), tree.consistencyProof(5, 7));
    expect(await (await open()).accept({ ...back, heads: [headOf(older, 2)] })).toEqual(first);
    expect(anchor.list("", 10)).toEqual([headOf(older, 7)]);
  });

  it("counts on, and names again what one gave up that no audit log has", async () => {
    const rollbacks = await open();
    const first = (await rollbacks.accept(back)).statement;
    const next = { ...back, id: ids[1], heads: [headOf(older, 2)] };
    const second = (await rollbacks.accept(next)).statement;
    expect(second.epoch).toBe(2);
    expect(second.givenUp).toEqual([...first.givenUp, nameOf(headOf(older, 5))]);
    await rollbacks.recorded();
    const reopened = await open();
    expect(reopened.last()?.recorded).toBe(true);
    const third = await reopened.accept({ ...next, id: "c".repeat(32), heads: [headOf(older, 1)] });
    expect(third.statement.epoch).toBe(3);
    expect(third.statement.givenUp).toEqual([nameOf(headOf(older, 2))]);
  });

  it("is carried out by the next start where a crash came behind the decision", async () => {
    await (await open()).accept(back);
    const decided = { ...JSON.parse(await readFile(path, "utf8")), state: "decided" };
    await rm(join(root, "heads", `${older}.json`));
    await (await openAnchor(join(root, "heads"))).extend(headOf(newer, 3), []);
    await writeFile(path, JSON.stringify({ ...decided, heads: back.heads }));
    const rollbacks = await open();
    expect(anchor.list("", 10)).toEqual(back.heads);
    expect(rollbacks.last()?.statement.id).toBe(ids[0]);
    await anchor.extend(headOf(older, 7), tree.consistencyProof(5, 7));
    await open();
    expect(anchor.list("", 10)).toEqual([headOf(older, 7)]);
  });

  it("gives no head to a log that was given up, though its writer asks still", async () => {
    const rollbacks = await open();
    const accepting = rollbacks.accept(back);
    const late = anchor.extend(headOf(newer, 4), tree.consistencyProof(3, 4)).catch(() => "late");
    await accepting;
    await late;
    const attempt = anchor.extend(headOf(newer, 5), []);
    await expect(attempt).rejects.toMatchObject({ code: "HeadRollback" });
    expect(anchor.list("", 10)).toEqual(back.heads);
  });

  it("does not open over a file that cannot be read", async () => {
    await writeFile(path, "{}");
    await expect(open()).rejects.toMatchObject({ code: "HsmRefused" });
  });
});
