// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { RecordIndex } from "./record-index.ts";

const id = fc.stringMatching(/^[ab/]{1,4}$/);
const entry = { revision: 1, digest: "d" };

describe("the index of records", () => {
  it("pages like a sorted list, through any number of layers", () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(id), { maxLength: 4 }),
        fc.stringMatching(/^[ab/]{0,2}$/),
        fc.option(id, { nil: undefined }),
        fc.integer({ min: 1, max: 5 }),
        (layers, prefix, after, limit) => {
          let index = new RecordIndex();
          for (const ids of layers) {
            index = index.layer();
            for (const each of ids) {
              index.set({ scope: "s", id: each }, entry);
            }
          }
          index.set({ scope: "other", id: "ab" }, entry);
          const expected = [...new Set(layers.flat())]
            .sort()
            .filter((each) => each.startsWith(prefix) && each > (after ?? ""))
            .slice(0, limit);
          expect(index.page("s", prefix, { after, limit })).toEqual(expected);
        },
      ),
    );
  });

  it("shows a layer's changes below only when they are merged down", () => {
    const index = new RecordIndex();
    const key = { scope: "s", id: "a" };
    index.set(key, entry);
    const layer = index.layer();
    layer.set(key, { ...entry, revision: 2 });
    expect([index.get(key)?.revision, layer.get(key)?.revision]).toEqual([1, 2]);
    layer.mergeDown();
    expect(index.get(key)?.revision).toBe(2);
  });
});
