// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { toHex } from "@strongroom/core";
import { covered, pcrBanks, pcrValue, quoteCase } from "../__fixtures__/test-quote.ts";
import { verifyTpmQuote } from "./verify-tpm-quote.ts";

type Case = ReturnType<typeof quoteCase>;
const verdict = ({ evidence, expected }: Case) => verifyTpmQuote(evidence, expected);
const refused = (refusal: string) => ({ kind: "refused", class: refusal });

describe("10.1 item 4: the selection decides which values count", () => {
  it("refuses a quote that covers no PCR at all", () => {
    const forged = quoteCase({ selected: [] });
    const none = { ...forged, evidence: { ...forged.evidence, pcrs: {} } };
    expect(verdict(forged)).toMatchObject(refused("binding-mismatch"));
    expect(verdict(none)).toMatchObject(refused("binding-mismatch"));
  });

  it("refuses a value whose register the quote does not cover", () => {
    const forged = quoteCase();
    const pcrs = pcrBanks([...covered, 4]);
    expect(verdict({ ...forged, evidence: { ...forged.evidence, pcrs } })).toMatchObject(
      refused("binding-mismatch"),
    );
  });

  it("refuses values under other indexes than the quoted ones", () => {
    const forged = quoteCase({ selected: [16, 17, 18] });
    const values = Object.fromEntries(
      covered.map((index, i) => [String(index), toHex(pcrValue(16 + i))]),
    );
    expect(
      verdict({ ...forged, evidence: { ...forged.evidence, pcrs: { sha256: values } } }),
    ).toMatchObject(refused("binding-mismatch"));
  });

  it("refuses values of which one is under another index", () => {
    const forged = quoteCase({ selected: [0, 7, 22] });
    expect(verdict(forged)).toMatchObject({
      class: "binding-mismatch",
      reason: "the quote covers other pcrs than were supplied",
    });
  });

  it("refuses values of another bank than the quoted one", () => {
    const forged = quoteCase({ bank: "sha384" });
    expect(
      verdict({ ...forged, evidence: { ...forged.evidence, pcrs: pcrBanks() } }),
    ).toMatchObject({
      class: "binding-mismatch",
      reason: "the quote covers other pcrs than were supplied",
    });
  });

  it("refuses a quote without a required PCR", () => {
    const { evidence, expected } = quoteCase();
    const requiring = (requiredPcrs: Record<string, number[]>) =>
      verifyTpmQuote(evidence, { ...expected, requiredPcrs });
    expect(requiring({ sha256: [0, 7] }).kind).toBe("verified");
    expect(requiring({ sha256: [0, 8, 9] })).toMatchObject({
      class: "binding-mismatch",
      reason: "required pcrs are not covered: sha256:8, sha256:9",
    });
    expect(requiring({ sha384: [0] })).toMatchObject(refused("binding-mismatch"));
  });

  it("refuses a value that differs from the quoted one", () => {
    const forged = quoteCase();
    const pcrs = { sha256: { ...pcrBanks()["sha256"], "7": "00".repeat(32) } };
    expect(verdict({ ...forged, evidence: { ...forged.evidence, pcrs } })).toMatchObject(
      refused("binding-mismatch"),
    );
  });

  it("refuses SHA-1 banks, in the quote or only beside it", () => {
    const forged = quoteCase();
    const beside = { ...pcrBanks(), sha1: { "0": "00".repeat(20) } };
    expect(verdict(quoteCase({ bank: "sha1" }))).toMatchObject(refused("policy-denied"));
    expect(verdict({ ...forged, evidence: { ...forged.evidence, pcrs: beside } })).toMatchObject(
      refused("policy-denied"),
    );
  });

  it.each([
    [{ sha256: { "07": "00".repeat(32) } }],
    [{ sha256: { __proto__x: "00".repeat(32) } }],
    [{ sha256: { "7": "00".repeat(31) } }],
    [{ sha256: { "7": "AB".repeat(32) } }],
    [{ constructor: { "7": "00".repeat(32) } }],
    ...["null", "[]", "7", '{"sha256":null}', '{"sha256":["00"]}', '{"sha256":"00"}'].map(
      (text) => [JSON.parse(text)] as const,
    ),
    [JSON.parse(`{"__proto__": {"7": "${"00".repeat(32)}"}}`)],
  ])("refuses values that are not spelt in the one way: %j", (pcrs) => {
    const { evidence, expected } = quoteCase();
    expect(verifyTpmQuote({ ...evidence, pcrs }, expected)).toMatchObject(refused("malformed"));
  });
});
