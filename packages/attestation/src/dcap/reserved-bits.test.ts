// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import {
  type IntelQuoteKind,
  intelBodyOffset,
  mintIntelPki,
  mintIntelQuote,
} from "@strongroom/testing";
import { parseQuote } from "./parse-quote.ts";
import { hasReservedBits } from "./reserved-bits.ts";

const pki = mintIntelPki();

/** Whether a quote is odd whose body has other bytes from `offset` on. */
function isOdd(kind: IntelQuoteKind, offset: number, ...bytes: readonly number[]): boolean {
  const signed = (all: Buffer) => {
    all.set(bytes, intelBodyOffset(kind) + offset);
  };
  return hasReservedBits(parseQuote(mintIntelQuote(kind, pki, { signed })).body);
}

/** Eight bytes with one bit more than `set`. */
function bit(position: number, ...set: readonly number[]): readonly number[] {
  const bytes = Array.from({ length: 8 }, (_, index) => set[index] ?? 0);
  return bytes.map((byte, index) =>
    index === Math.floor(position / 8) ? byte | (1 << (position % 8)) : byte,
  );
}

/** The positions of `count` bits that are odd. */
function oddOnes(kind: IntelQuoteKind, offset: number, count: number, ...set: readonly number[]) {
  return Array.from({ length: count }, (_, position) => position).filter((position) =>
    isOdd(kind, offset, ...bit(position, ...set).slice(0, count / 8)),
  );
}

const range = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);

describe("hasReservedBits", () => {
  it("finds nothing in what processors and modules of today make", () => {
    for (const kind of [
      "sgx3",
      "sgx4",
      "sgx5",
      "td10-4",
      "td10-5",
      "td15-5",
      "td15ex-5",
    ] as const) {
      expect(isOdd(kind, 0)).toBe(false);
    }
  });

  it("knows the attributes of a trust domain", () => {
    const known = [0, 16, 17, 27, 28, 29, 30, 31, 62, 63];
    const odd = range(0, 63).filter((position) => !known.includes(position));
    expect(oddOnes("td15-5", 120, 64)).toEqual(odd);
    expect(oddOnes("td10-4", 120, 64)).toEqual(odd);
  });

  it("knows the states of processors, of which x87 and SSE are never missing", () => {
    const odd = [3, 4, 10, 13, 16, ...range(20, 63)];
    expect(oddOnes("td15-5", 128, 64, 0x03)).toEqual(odd);
    expect(oddOnes("sgx3", 56, 64, 0x03)).toEqual(odd.slice(2));
    for (const missing of [0x00, 0x01, 0x02]) {
      expect(isOdd("td10-5", 128, missing)).toBe(true);
      expect(isOdd("sgx5", 56, missing)).toBe(true);
    }
  });

  it("knows an enclave's flags and what it may report of exceptions", () => {
    expect(oddOnes("sgx3", 48, 64)).toEqual([3, 8, 9, ...range(11, 63)]);
    expect(oddOnes("sgx3", 16, 32)).toEqual(range(2, 31));
  });

  it.each([20, 31, 96, 127, 160, 191, 262, 303])("looks at an enclave's byte %i", (offset) => {
    expect(isOdd("sgx4", offset, 0x01)).toBe(true);
  });

  it.each([32, 47, 64, 95, 128, 159, 192, 261, 304, 383])("leaves byte %i to it", (offset) => {
    expect(isOdd("sgx4", offset, 0x01)).toBe(false);
  });
});
