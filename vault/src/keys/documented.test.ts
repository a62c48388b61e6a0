// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { encryptionAlgorithms, signatureAlgorithms } from "./algorithms.ts";

test("the page on keys names every algorithm", () => {
  const page = readFileSync(new URL("../../../docs/keys.md", import.meta.url), "utf8");
  // A192CBC and A256KWPAD stand there as A…CBC and A…KWPAD.
  const isNamed = (name: string) =>
    page.includes(name) || page.includes(name.replace(/^A(128|192|256)/, "A…"));
  const names = [...Object.keys(signatureAlgorithms), ...Object.keys(encryptionAlgorithms)];
  expect(names.filter((name) => !isNamed(name))).toEqual([]);
});
