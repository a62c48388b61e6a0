// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { akAttributes, ecdsaKey } from "../__fixtures__/test-attestation-key.ts";
import { quoteCase } from "../__fixtures__/test-quote.ts";
import { parseTpmPublic } from "./parse-tpm-public.ts";
import { tpmName } from "./tpm-key.ts";
import { objectAttribute } from "./tpm-public.ts";
import { verifyTpmQuote } from "./verify-tpm-quote.ts";

type Case = ReturnType<typeof quoteCase>;
const verdict = ({ evidence, expected }: Case) => verifyTpmQuote(evidence, expected);
const refused = (refusal: string) => ({ kind: "refused", class: refusal });

describe("10.1 item 5: only what a TPM made is a quote", () => {
  it("refuses another magic, although the key signed it", () => {
    expect(verdict(quoteCase({ magic: 0xff544348 }))).toMatchObject(refused("malformed"));
  });

  it("refuses another kind of attestation, although the key signed it", () => {
    expect(verdict(quoteCase({ type: 0x8017 }))).toMatchObject(refused("malformed"));
  });

  it.each([
    ["unrestricted", akAttributes & ~objectAttribute.restricted],
    ["not born in a TPM", akAttributes & ~objectAttribute.sensitiveDataOrigin],
    ["movable", akAttributes & ~objectAttribute.fixedTpm],
    ["movable with its parent", akAttributes & ~objectAttribute.fixedParent],
    ["also for decryption", akAttributes | objectAttribute.decrypt],
    ["not for signing", akAttributes & ~objectAttribute.sign],
  ])("refuses the quote of a key that is %s", (_, attributes) => {
    const forged = quoteCase({}, ecdsaKey({ attributes }));
    expect(verdict(forged)).toMatchObject(refused("untrusted-chain"));
  });
});

describe("10.1 item 7: a key that merely comes with the evidence vouches for nothing", () => {
  it("refuses a flawless quote of a key that was not enrolled", () => {
    const enrolled = quoteCase();
    const stranger = quoteCase();
    expect(verifyTpmQuote(stranger.evidence, enrolled.expected)).toMatchObject(
      refused("untrusted-chain"),
    );
    expect(
      verifyTpmQuote(stranger.evidence, { ...stranger.expected, akName: new Uint8Array() }),
    ).toMatchObject(refused("untrusted-chain"));
  });

  it("refuses the enrolled key with attributes that were not enrolled", () => {
    const key = ecdsaKey();
    const { evidence, expected } = quoteCase({}, key);
    const akPublic = key.akPublic.slice();
    akPublic[7] = (akPublic[7] ?? 0) ^ objectAttribute.userWithAuth;
    expect(tpmName(parseTpmPublic(akPublic))).not.toEqual(expected.akName);
    expect(verifyTpmQuote({ ...evidence, akPublic }, expected)).toMatchObject(
      refused("untrusted-chain"),
    );
  });
});
