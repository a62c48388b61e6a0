// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { keepFresh } from "./keep-fresh.ts";

function make() {
  let made = 0;
  let stale = 0;
  let failing = false;
  const next = async () => {
    await new Promise((resolve) => setImmediate(resolve));
    if (failing) {
      throw new Error("not now");
    }
    made += 1;
    return made;
  };
  const get = keepFresh({ load: next, replace: next, isFresh: (value) => value > stale });
  return {
    get,
    many: () => Promise.all(Array.from({ length: 16 }, get)),
    age: (value: number) => {
      stale = value;
    },
    fail: (yes: boolean) => {
      failing = yes;
    },
  };
}

describe("a value that is kept fresh", () => {
  it("is loaded once, however many want it first", async () => {
    const { many } = make();
    expect(new Set(await many())).toEqual(new Set([1]));
    expect(new Set(await many())).toEqual(new Set([1]));
  });

  it("is replaced once when it is due", async () => {
    const { many, age } = make();
    await many();
    age(1);
    expect(new Set(await many())).toEqual(new Set([2]));
  });

  it("is tried again after a failure", async () => {
    const { get, many, age, fail } = make();
    fail(true);
    await expect(get()).rejects.toThrow("not now");
    fail(false);
    expect(await get()).toBe(1);
    age(1);
    fail(true);
    await expect(many()).rejects.toThrow("not now");
    fail(false);
    expect(await get()).toBe(2);
  });
});
