// SPDX-License-Identifier: Apache-2.0
import { relative } from "node:path";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { longest } from "./execute.ts";
import { type FuzzResult, fuzz } from "./fuzz.ts";
import { growAll } from "./grow.ts";
import { findParsers } from "./parsers.ts";
import { type Reached, reachedBy } from "./reached.ts";

/** Some of the inputs: it takes seconds. */
const rarely = { step: 19, most: longest.beside };

describe("every parser of the attestation library and its endorsements", () => {
  let result: FuzzResult;
  let reached: Reached;

  beforeAll(async () => {
    reached = await reachedBy(() => {
      result = fuzz({ count: 40_000, seed: 20261126, most: longest.beside });
    });
  }, 240_000);

  it("returns or refuses, in time, whatever it is given", () => {
    expect(result.failures).toEqual([]);
  });

  it("takes something of what its changed input is made of: rubbish alone reaches nothing", () => {
    const takeNothing = [...result.wellFormed].filter(([, taken]) => taken === 0);
    expect(takeNothing).toEqual([]);
  });

  it("is given changed input, and so is every function of its file", () => {
    const parsers = findParsers();
    expect(parsers.length).toBeGreaterThan(60);
    const unreached = parsers.flatMap(({ name, file, helpers }) =>
      [name, ...helpers]
        .filter((one) => reached.get(file)?.has(one) !== true)
        .map((one) => `${relative(process.cwd(), file)}: ${one}`),
    );
    expect([...new Set(unreached)]).toEqual([]);
  });

  it("is done in time with a great deal of input", () => {
    expect(growAll({ wanted: [100_000, 250_000], ...rarely }).failures).toEqual([]);
  }, 240_000);

  it("is done in time with the longest text that any takes, in which agents put what a kernel measured", () => {
    expect(growAll({ part: "TPM agent", wanted: [4_194_000], ...rarely }).failures).toEqual([]);
  }, 240_000);
});
