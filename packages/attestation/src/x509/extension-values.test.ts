// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { concatBytes, utf8 } from "@strongroom/core";
import { bitString, der, extensionOf, integer, sequence } from "@strongroom/testing";
import { malformedWith } from "../__fixtures__/malformed-with.ts";
import { readExtensionValues } from "./extension-values.ts";
import { extensions as mostExtensions } from "./limits.ts";

/** A certificate as far as anybody looks here: the other fields are numbers. */
const certificate = (...fields: readonly Uint8Array[]) =>
  sequence(sequence(integer(7), ...fields), sequence(), bitString(new Uint8Array(8)));
const holding = (...list: readonly Uint8Array[]) => certificate(der(0xa3, sequence(...list)));

describe("the extensions of a certificate that vouches for nothing", () => {
  it("have their values in order, critical or not, whatever their identifiers are", () => {
    const odd = sequence(der(0x06, Uint8Array.of(0x80, 1)), der(0x04, utf8("c")));
    const list = [extensionOf("1.2.3", utf8("a")), extensionOf("1.2.4", utf8("b"), true), odd];
    expect(readExtensionValues(holding(...list))).toEqual(["a", "b", "c"].map(utf8));
  });

  it("are what is in an octet string, unless more is behind it, or it is none", () => {
    const inner = der(0x04, utf8("a quote"));
    // Version 4 and its key's type: an octet string of no bytes, and others.
    const quote = Uint8Array.of(4, 0, 2, 0, 0);
    const values = [inner, concatBytes(inner, inner), quote, sequence(inner), integer(4)];
    const list = values.map((value) => extensionOf("1.2.3", value));
    expect(readExtensionValues(holding(...list))).toEqual(values.with(0, utf8("a quote")));
  });

  it("may be none", () => {
    expect(readExtensionValues(certificate())).toEqual([]);
    expect(readExtensionValues(holding())).toEqual([]);
    expect(readExtensionValues(holding(sequence(integer(1)), sequence()))).toEqual([]);
  });

  it("are as many as any certificate has", () => {
    const many = (count: number) => holding(...Array(count).fill(extensionOf("1.2.3", utf8("a"))));
    expect(readExtensionValues(many(mostExtensions))).toHaveLength(mostExtensions);
    expect(() => readExtensionValues(many(mostExtensions + 1))).toThrow(
      malformedWith("too many extensions"),
    );
  });

  it.each<[string, Uint8Array]>([
    ["nothing", new Uint8Array()],
    ["another structure", sequence(integer(1))],
    ["a certificate with more behind it", concatBytes(certificate(), Uint8Array.of(5, 0))],
    ["two lists", certificate(der(0xa3, sequence(), sequence()))],
    ["a list that is none", certificate(der(0xa3, integer(1)))],
  ])("are malformed in %s", (_, bytes) => {
    expect(() => readExtensionValues(bytes)).toThrow(malformedWith(""));
  });
});
