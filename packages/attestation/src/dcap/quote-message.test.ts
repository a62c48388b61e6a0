// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { concatBytes } from "@strongroom/core";
import { mintIntelEvidence, protobuf, tdxQuoteMessage } from "@strongroom/testing";
import { readQuoteMessage } from "./quote-message.ts";

const kinds = ["td10-4", "td10-5", "td15-5"] as const;
const quoteOf = (kind: (typeof kinds)[number], trailing?: Uint8Array) =>
  mintIntelEvidence({ kind, ...(trailing === undefined ? {} : { trailing }) }).quote;

const malformed = expect.objectContaining({ code: "EvidenceMalformed" });

describe("a quote in a message", () => {
  it.each(kinds)("is the quote's bytes, and what came behind them: %s", (kind) => {
    for (const quote of [quoteOf(kind), quoteOf(kind, Uint8Array.of(1, 0, 2))]) {
      expect(readQuoteMessage(tdxQuoteMessage(quote))).toEqual(quote);
    }
  });

  it("is found in a machine's attestation", () => {
    const quote = quoteOf("td10-4");
    const attestation = protobuf([1, Uint8Array.of(0, 1)], [9, tdxQuoteMessage(quote)]);
    expect(readQuoteMessage(attestation)).toEqual(quote);
  });

  it("is none of another version", () => {
    const message = tdxQuoteMessage(quoteOf("td10-4"));
    // The header's field, its length, the number of the version's field, the version.
    for (const version of [3, 5, 6]) {
      message[3] = version;
      expect(() => readQuoteMessage(message)).toThrow(malformed);
    }
    const typed = tdxQuoteMessage(quoteOf("td15-5"));
    for (const version of [3, 4, 6]) {
      typed[3] = version;
      expect(() => readQuoteMessage(typed)).toThrow(malformed);
    }
    expect(() => readQuoteMessage(new Uint8Array())).toThrow(malformed);
  });

  it("has each field once, and each in its length", () => {
    const message = tdxQuoteMessage(quoteOf("td10-4"));
    for (const more of [protobuf([1, message.slice(2, 52)]), protobuf([3, 1n])]) {
      expect(() => readQuoteMessage(concatBytes(message, more))).toThrow(malformed);
    }
    // The header has a user's data of 20 bytes: one less, with the lengths that then are right.
    const at = Buffer.from(message).indexOf(Uint8Array.of(0x3a, 20));
    const shorter = concatBytes(message.slice(0, at + 2), message.slice(at + 3));
    shorter[1] = (shorter[1] ?? 0) - 1;
    shorter[at + 1] = 19;
    expect(() => readQuoteMessage(shorter)).toThrow(malformed);
  });

  it("has four registers", () => {
    const message = tdxQuoteMessage(quoteOf("td10-4"));
    // Field 11 of 48 bytes; another field's number makes it one register less.
    const at = Buffer.from(message).indexOf(Uint8Array.of(0x5a, 48));
    const changed = message.slice();
    changed[at] = 0x7a;
    expect(() => readQuoteMessage(changed)).toThrow(malformed);
    // Two bytes less, and a field of two bytes that nobody knows.
    const shorter = message.slice();
    shorter[at + 1] = 46;
    shorter.set([0x78, 0x01], at + 48);
    expect(() => readQuoteMessage(shorter)).toThrow(malformed);
  });
});
