// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { concatBytes } from "@strongroom/core";
import fc from "fast-check";
import { ecdsaKey, rsaKey } from "../__fixtures__/test-attestation-key.ts";
import { encodeQuote, pcrBanks, quoteCase } from "../__fixtures__/test-quote.ts";
import { parseTpmQuote } from "./parse-tpm-quote.ts";
import { verifyTpmQuote } from "./verify-tpm-quote.ts";

type Case = ReturnType<typeof quoteCase>;
const verdict = ({ evidence, expected }: Case) => verifyTpmQuote(evidence, expected);
const refused = (refusal: string) => ({ kind: "refused", class: refusal });

describe("a quote of an enrolled key", () => {
  it.each([
    ["ECDSA P-256", ecdsaKey()],
    ["ECDSA P-256 with SHA-512", ecdsaKey({ hash: "sha512" })],
    ["RSASSA", rsaKey("rsassa")],
    ["RSAPSS", rsaKey("rsapss")],
    ["RSASSA with SHA-384", rsaKey("rsassa", { hash: "sha384" })],
  ])("is verified with %s, and its claims are what was signed", (_, key) => {
    const verified = verdict(quoteCase({}, key));
    expect(verified).toEqual({
      kind: "verified",
      claims: {
        pcrs: pcrBanks(),
        firmwareVersion: "0000000020191023",
        resetCount: 5,
        restartCount: 6,
        clock: "1234",
        safe: true,
      },
    });
  });

  it("is verified over a SHA-384 bank, whose digest is made with the scheme's hash", () => {
    expect(verdict(quoteCase({ bank: "sha384" }))).toMatchObject({ kind: "verified" });
  });

  it("is refused whichever bit of the quote is flipped", () => {
    const { evidence, expected } = quoteCase();
    fc.assert(
      fc.property(fc.integer({ min: 0, max: evidence.quote.length * 8 - 1 }), (bit) => {
        const quote = evidence.quote.slice();
        quote[bit >> 3] = (quote[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        expect(verifyTpmQuote({ ...evidence, quote }, expected).kind).toBe("refused");
      }),
      { numRuns: 500 },
    );
  });

  it("is refused, not thrown at, when any part is arbitrary bytes", () => {
    const { evidence, expected } = quoteCase();
    const part = fc.constantFrom("akPublic", "quote", "signature");
    fc.assert(
      fc.property(part, fc.uint8Array({ maxLength: 200 }), (name, bytes) => {
        expect(verifyTpmQuote({ ...evidence, [name]: bytes }, expected).kind).toBe("refused");
      }),
    );
  });
});

describe("10.3: the quote answers the challenge that was asked", () => {
  it.each([
    ["another", new Uint8Array(32).fill(8)],
    ["an empty", new Uint8Array()],
    ["a shorter", new Uint8Array(31).fill(9)],
    ["a longer", new Uint8Array(33).fill(9)],
  ])("refuses %s extraData", (_, extraData) => {
    expect(verdict(quoteCase({ extraData }))).toMatchObject(refused("binding-mismatch"));
  });
});

describe("10.1 items 20 and 21: what is verified is what is parsed, all of it", () => {
  it("refuses bytes after a quote, although the key signed them", () => {
    expect(verdict(quoteCase({ trailing: new Uint8Array(1) }))).toMatchObject(refused("malformed"));
  });

  it("refuses bytes after a signature and after a public area", () => {
    const { evidence, expected } = quoteCase();
    const longer = (bytes: Uint8Array) => concatBytes(bytes, new Uint8Array(1));
    const signature = longer(evidence.signature);
    expect(verifyTpmQuote({ ...evidence, signature }, expected)).toMatchObject(
      refused("malformed"),
    );
    const akPublic = longer(evidence.akPublic);
    expect(verifyTpmQuote({ ...evidence, akPublic }, expected)).toMatchObject(refused("malformed"));
  });

  it("refuses a quote cut anywhere, although the key signed it", () => {
    const whole = encodeQuote();
    for (let length = 0; length < whole.length; length += 1) {
      expect(() => parseTpmQuote(whole.subarray(0, length))).toThrow(
        expect.objectContaining({ code: "EvidenceMalformed" }),
      );
    }
  });

  it("refuses a quote that selects one bank twice", () => {
    const key = ecdsaKey();
    const { expected, evidence } = quoteCase({}, key);
    const single = evidence.quote;
    const start = single.length - 34 - 6;
    const quote = concatBytes(
      single.subarray(0, start - 1),
      new Uint8Array([2]),
      single.subarray(start, start + 6),
      single.subarray(start),
    );
    const signature = key.sign(quote);
    expect(verifyTpmQuote({ ...evidence, quote, signature }, expected)).toMatchObject({
      class: "malformed",
      reason: "a pcr bank is selected twice",
    });
  });
});
