// SPDX-License-Identifier: Apache-2.0
import { BlockList, isIP } from "node:net";
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { coversRange, inRange, isAddressRange } from "./address-range.ts";

describe("a range of addresses", () => {
  it.each([
    ["192.0.2.0/24", true],
    ["192.0.2.1", true],
    ["0.0.0.0/0", true],
    ["::/0", true],
    ["2001:db8::/32", true],
    ["::ffff:192.0.2.0/120", true],
    ["192.0.2.1/24", false],
    ["192.0.2.0/33", false],
    ["192.0.2.0/024", false],
    ["192.0.2/24", false],
    ["192.0.02.0/24", false],
    ["2001:db8::/129", false],
    ["2001::db8::/32", false],
    ["1:2:3:4:5:6:7:8:9", false],
    ["1:2:3:4:5:6:7::8", false],
    ["fe80::1%eth0", false],
    ["example.com", false],
    ["", false],
  ])("%s is one: %s", (text, expected) => {
    expect(isAddressRange(text)).toBe(expected);
  });

  it.each([
    ["10.0.0.0/8", "10.1.0.0/16", true],
    ["10.1.0.0/16", "10.0.0.0/8", false],
    ["10.0.0.0/8", "11.0.0.0/8", false],
    ["::/0", "10.0.0.0/8", true],
    ["0.0.0.0/0", "2001:db8::/32", false],
  ])("%s covers %s: %s", (outer, inner, expected) => {
    expect(coversRange(outer, inner)).toBe(expected);
  });

  it("agrees with Node about which addresses it holds", () => {
    const length = fc.integer({ min: 0, max: 32 });
    fc.assert(
      fc.property(fc.ipV4(), fc.ipV4(), length, (base, address, bits) => {
        const list = new BlockList();
        list.addSubnet(base, bits);
        const numbers = base.split(".").map(Number);
        const masked = numbers.map((byte, index) => {
          const kept = Math.min(8, Math.max(0, bits - 8 * index));
          return byte & (0xff00 >> kept) & 0xff;
        });
        expect(inRange(`${masked.join(".")}/${bits}`, address)).toBe(list.check(address));
      }),
    );
  });

  it("reads exactly the IPv6 addresses that Node reads", () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV6(), fc.string({ unit: fc.constantFrom(..."01f:") })), (text) => {
        expect(isAddressRange(text)).toBe(isIP(text) !== 0);
      }),
      { numRuns: 2_000 },
    );
  });
});
