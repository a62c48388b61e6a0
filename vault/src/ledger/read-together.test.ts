// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import type { RecordKey } from "@strongroom/core";
import type { RecordBody, RecordReader } from "./ledger.ts";
import { type Recall, readTogether } from "./read-together.ts";

const keyOf = (id: string): RecordKey => ({ scope: "v", id });
const recordOf = (id: string, body: string): RecordBody => ({ id, revision: 1, body });

/** Records in memory and in the store, and what was fetched from there. */
function makeReader(inMemory: Record<string, string>, inStore: Record<string, string>) {
  const fetched: string[] = [];
  const find = (records: Record<string, string>, { id }: RecordKey) =>
    records[id] === undefined ? undefined : recordOf(id, records[id]);
  const reader: RecordReader = {
    recall: (key) => find(inMemory, key),
    read: async (key) => {
      fetched.push(key.id);
      return find({ ...inStore, ...inMemory }, key);
    },
  };
  return { reader, fetched };
}

const contentOf = (recall: Recall, id: string) => recall(keyOf(id))?.body;

describe("records that are read together", () => {
  it("come from memory where they are there", async () => {
    const { reader, fetched } = makeReader({ a: "b", b: "found" }, {});
    const work = (recall: Recall) => contentOf(recall, String(contentOf(recall, "a")));
    expect(await readTogether(reader, work)).toBe("found");
    expect(fetched).toEqual([]);
  });

  it("are fetched one after the other where they are not, each once, also one that does not exist", async () => {
    const { reader, fetched } = makeReader({ a: "b" }, { b: "c" });
    const work = (recall: Recall) => {
      const [first, second] = [contentOf(recall, "a"), contentOf(recall, "b")];
      return [first, second, contentOf(recall, "c"), contentOf(recall, "c")];
    };
    expect(await readTogether(reader, work)).toEqual(["b", "c", undefined, undefined]);
    expect(fetched).toEqual(["b", "c"]);
  });

  it("are what they have become while another was fetched", async () => {
    const memory: Record<string, string> = { a: "old" };
    const { reader } = makeReader(memory, { b: "b" });
    const work = (recall: Recall) => {
      const a = contentOf(recall, "a");
      memory["a"] = "new";
      return [a, contentOf(recall, "b")];
    };
    expect(await readTogether(reader, work)).toEqual(["new", "b"]);
  });

  it("pass on what the work throws, and what the reader does", async () => {
    const { reader } = makeReader({}, { a: "a" });
    const refused = new Error("refused");
    const refusing = (recall: Recall) => {
      contentOf(recall, "a");
      throw refused;
    };
    await expect(readTogether(reader, refusing)).rejects.toBe(refused);
    const broken: RecordReader = { ...reader, read: () => Promise.reject(refused) };
    await expect(readTogether(broken, (recall) => contentOf(recall, "a"))).rejects.toBe(refused);
  });
});
