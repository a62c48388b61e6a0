// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { fromHex, utf8 } from "@strongroom/core";
import { key, quote, signature } from "../__fixtures__/anchored-quotes.ts";
import { malformedWith } from "../__fixtures__/malformed-with.ts";
import { challenge, covered, pcrBanks } from "../__fixtures__/test-quote.ts";
import { collectTpmEvidence } from "./collect-tpm-evidence.ts";
import { parseTpmPublic } from "./parse-tpm-public.ts";
import { tpmName } from "./tpm-key.ts";
import { verifyTpmQuote } from "./verify-tpm-quote.ts";

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64");
const log = Uint8Array.of(1, 2, 3);
const registers = Object.entries(pcrBanks(covered)["sha256"] ?? {}).map(([index, value]) => ({
  Index: Number(index),
  Digest: base64(fromHex(value)),
  DigestAlg: 5,
}));
const dump = {
  Static: { TPMVersion: 2, EKPem: null },
  AK: { Public: base64(key.akPublic) },
  Quote: { Nonce: "", Alg: 11, Quote: base64(quote), Signature: base64(signature) },
  Log: { PCRs: registers, PCRAlg: 0, Raw: base64(log) },
};
const open = (value: unknown) => collectTpmEvidence([utf8(JSON.stringify(value))]);

describe("a dump of go-attestation", () => {
  it("has a quote that is verified with its own key and values, and a log", () => {
    const { quotes, publicAreas, eventLogs } = open(dump);
    expect([publicAreas, eventLogs]).toEqual([[key.akPublic], [log]]);
    const [{ message, pcrs } = { message: quote, pcrs: undefined }] = quotes;
    const evidence = { akPublic: key.akPublic, quote: message, signature, pcrs: pcrs ?? {} };
    const akName = tpmName(parseTpmPublic(key.akPublic));
    expect(
      verifyTpmQuote(evidence, { akName, extraData: challenge, requiredPcrs: "unbound" }),
    ).toMatchObject({
      kind: "verified",
      claims: { pcrs: { sha256: pcrBanks(covered)["sha256"] } },
    });
  });

  it.each([
    ["a TPM 1.2", { Static: { TPMVersion: 1 } }],
    ["no version", { Static: {} }],
    ["no key", { AK: {} }],
    ["no quote", { Quote: { Signature: "AA==" } }],
    ["no signature", { Quote: { Quote: "AA==" } }],
    ["no log", { Log: { PCRs: registers } }],
    ["a quote that is no base64", { Quote: { Quote: "!", Signature: "AA==" } }],
  ])("is malformed with %s", (_, changes) => {
    expect(() => open({ ...dump, ...changes })).toThrow(malformedWith("a dump"));
  });

  it("is another file without one of its members", () => {
    expect(() => open({ ...dump, Static: undefined })).toThrow(malformedWith("nothing of a tpm"));
  });
});
