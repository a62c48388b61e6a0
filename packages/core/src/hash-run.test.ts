// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { sha256, u32be } from "./bytes.ts";
import { HashRun } from "./hash-run.ts";

const hash = (index: number) => sha256(u32be(index));

describe("a run of hashes", () => {
  it("gives back each hash that it has not forgotten, however it grew and was cut", () => {
    const run = new HashRun(100);
    for (let i = 100; i < 1000; i += 1) {
      run.push(hash(i));
      run.forget(i - (i % 37));
    }
    expect(run.end).toBe(1000);
    const first = 999 - (999 % 37);
    expect(run.at(first - 1)).toBeUndefined();
    expect(run.at(1000)).toBeUndefined();
    for (let i = first; i < 1000; i += 1) {
      expect(run.at(i)).toEqual(hash(i));
    }
  });

  it("answers copies", () => {
    const run = new HashRun(0);
    run.push(hash(0));
    run.at(0)?.fill(0);
    expect(run.at(0)).toEqual(hash(0));
  });
});
