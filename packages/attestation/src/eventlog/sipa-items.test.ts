// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { concatBytes } from "@strongroom/core";
import { flag, sipa } from "../__fixtures__/test-sipa.ts";
import { readSipaItems, sipaType } from "./sipa-items.ts";

const { trustBoundary, loadedModules, bootDebugging, testSigning } = sipaType;
const nest = (depth: number): Uint8Array =>
  depth === 0 ? flag(bootDebugging, 1) : sipa(trustBoundary, nest(depth - 1));

describe("what windows' loaders measure", () => {
  it("is items in items, containers before what they hold", () => {
    const data = sipa(
      trustBoundary,
      flag(bootDebugging, 0),
      sipa(loadedModules, flag(0x0007000a, 1)),
      flag(testSigning, 1),
    );
    expect(readSipaItems(data)?.map(({ type }) => type)).toEqual([
      ...[trustBoundary, bootDebugging, loadedModules, 0x0007000a, testSigning],
    ]);
    expect(readSipaItems(data)?.at(-1)?.data).toEqual(Uint8Array.of(1));
    expect(readSipaItems(sipa(trustBoundary))).toHaveLength(1);
  });

  it.each<[string, Uint8Array]>([
    ["nothing", new Uint8Array()],
    ["no container", flag(bootDebugging, 1)],
    ["an aggregation of another family", sipa(0x40020001, flag(bootDebugging, 1))],
    ["a container's family without its bit", sipa(0x00010001, flag(bootDebugging, 1))],
    ["two containers", concatBytes(sipa(trustBoundary), sipa(trustBoundary))],
    ["bytes behind it", concatBytes(sipa(trustBoundary), Uint8Array.of(0))],
    ["an item that is cut short", sipa(trustBoundary, flag(bootDebugging, 1).slice(0, -1))],
    [
      "an item longer than its container",
      sipa(trustBoundary, Uint8Array.of(1, 0, 4, 0, 255, 255, 255, 255)),
    ],
    ["containers without end", nest(11)],
    ["items without end", sipa(trustBoundary, new Uint8Array(16_384 * 8))],
  ])("is none of these: %s", (_, data) => {
    expect(readSipaItems(data)).toBeUndefined();
  });

  it("is that up to its bounds", () => {
    expect(readSipaItems(nest(8))).toHaveLength(9);
    expect(readSipaItems(sipa(trustBoundary, new Uint8Array(16_383 * 8)))).toHaveLength(16_384);
  });
});
