// SPDX-License-Identifier: Apache-2.0
import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { curves } from "./curves.ts";
import { invertModulo, toFixedBytes, toInteger } from "./integers.ts";
import { multiplyModulo } from "./modular-product.ts";

const cases = Object.values(curves).map(({ openssl, order, bytes }) => ({ openssl, order, bytes }));

test.each(cases)("multiplies modulo the order of $openssl as BigInt does", ({ order, bytes }) => {
  const below = fc.bigInt({ min: 0n, max: order - 1n });
  fc.assert(
    fc.property(below, below, (a, b) => {
      const product = multiplyModulo(toFixedBytes(a, bytes), b, order);
      expect(toInteger(product)).toBe((a * b) % order);
    }),
    {
      numRuns: 300,
      examples: [
        [0n, 0n],
        [1n, order - 1n],
        [order - 1n, order - 1n],
      ],
    },
  );
});

test.each(cases)("inverts modulo the order of $openssl", ({ order }) => {
  fc.assert(
    fc.property(fc.bigInt({ min: 1n, max: order - 1n }), (value) => {
      expect((invertModulo(value, order) * value) % order).toBe(1n);
    }),
  );
});
