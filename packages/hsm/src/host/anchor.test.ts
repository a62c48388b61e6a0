// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { leafHash, MerkleTree, toLogHead, utf8 } from "@strongroom/core";
import { openAnchor } from "./anchor.ts";

const log = "0123456789abcdef0123456789abcdef";
const at = new Date(1_700_000_000_000);
const tree = new MerkleTree();
for (let index = 0; index < 16; index += 1) {
  tree.append(leafHash(utf8(`leaf ${index}`)));
}
const headOf = (size: number, of = log) => toLogHead(of, size, tree.root(size), at);

let root: string;
let folder: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "anchor-"));
  folder = join(root, "heads");
});

afterEach(async () => {
  await rm(root, { recursive: true });
});

describe("the anchor", () => {
  it("keeps one canonical JSON file for each log", async () => {
    const anchor = await openAnchor(folder);
    await anchor.extend(headOf(3), []);
    await anchor.extend(headOf(5), tree.consistencyProof(3, 5));
    expect(await readdir(folder)).toEqual([`${log}.json`]);
    const { root: rootHash } = headOf(5);
    expect(await readFile(join(folder, `${log}.json`), "utf8")).toBe(
      `{"log":"${log}","root":"${rootHash}","size":5,"time":${at.getTime()}}`,
    );
  });

  it("extends a log in the order of the calls, though they do not wait for each other", async () => {
    const anchor = await openAnchor(folder);
    const steps = Array.from({ length: 16 }, (_, index) =>
      anchor.extend(headOf(index + 1), tree.consistencyProof(index, index + 1)),
    );
    await Promise.all(steps);
    expect((await openAnchor(folder)).list("", 10)).toEqual([headOf(16)]);
  });

  it("goes on after a refusal", async () => {
    const anchor = await openAnchor(folder);
    await anchor.extend(headOf(8), []);
    const results = await Promise.allSettled([
      anchor.extend(headOf(7), []),
      anchor.extend(headOf(9), tree.consistencyProof(8, 9)),
    ]);
    expect(results.map(({ status }) => status)).toEqual(["rejected", "fulfilled"]);
  });

  it("lists heads in pages, in the order of log ids", async () => {
    const anchor = await openAnchor(folder);
    const logs = ["c", "a", "b"].map((letter) => letter.repeat(32));
    for (const name of logs) {
      await anchor.extend(headOf(1, name), []);
    }
    const ids = (after: string, limit: number) => anchor.list(after, limit).map((head) => head.log);
    expect(ids("", 2)).toEqual(["a".repeat(32), "b".repeat(32)]);
    expect(ids("b".repeat(32), 2)).toEqual(["c".repeat(32)]);
  });

  it("removes what a crash left half written", async () => {
    await (await openAnchor(folder)).extend(headOf(3), []);
    await writeFile(join(folder, `${log}.json.tmp`), "{");
    expect((await openAnchor(folder)).list("", 10)).toEqual([headOf(3)]);
    expect(await readdir(folder)).toEqual([`${log}.json`]);
  });

  it.each([
    ["that is no JSON", `${log}.json`, "{"],
    ["that is empty", `${log}.json`, ""],
    ["without a size", `${log}.json`, JSON.stringify({ ...headOf(3), size: undefined })],
    ["of another log", `${"f".repeat(32)}.json`, JSON.stringify(headOf(3))],
    ["of another name", "notes.txt", "notes"],
  ])("does not open over a file %s", async (_, name, content) => {
    await openAnchor(folder);
    await writeFile(join(folder, name), content);
    await expect(openAnchor(folder)).rejects.toMatchObject({ code: "HsmRefused" });
  });
});
