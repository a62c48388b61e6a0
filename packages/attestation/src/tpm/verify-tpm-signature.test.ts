// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { concatBytes } from "@strongroom/core";
import { ecdsaKey, ecdsaSignature, rsaKey } from "../__fixtures__/test-attestation-key.ts";
import { quoteCase } from "../__fixtures__/test-quote.ts";
import { parseTpmSignature } from "./parse-tpm-signature.ts";
import { verifyTpmQuote } from "./verify-tpm-quote.ts";

type Case = ReturnType<typeof quoteCase>;
const verdict = ({ evidence, expected }: Case) => verifyTpmQuote(evidence, expected);
const refused = (refusal: string) => ({ kind: "refused", class: refusal });

describe("10.1 item 6: a wrong signature ends it", () => {
  it("refuses the signature of another key over the same quote", () => {
    const { evidence, expected } = quoteCase();
    const signature = ecdsaKey().sign(evidence.quote);
    expect(verifyTpmQuote({ ...evidence, signature }, expected)).toMatchObject(
      refused("bad-signature"),
    );
  });

  it.each([
    ["r = s = 0", new Uint8Array(32), new Uint8Array(32)],
    ["empty r and s", new Uint8Array(), new Uint8Array()],
    ["r = 0", new Uint8Array(1), new Uint8Array(32).fill(1)],
    ["s above the group's order", new Uint8Array(32).fill(1), new Uint8Array(32).fill(0xff)],
  ])("refuses ECDSA with %s", (_, r, s) => {
    const { evidence, expected } = quoteCase();
    const signature = ecdsaSignature(r, s);
    expect(verifyTpmQuote({ ...evidence, signature }, expected)).toMatchObject(
      refused("bad-signature"),
    );
  });

  it("accepts ECDSA components whose leading zeros the TPM left out", () => {
    const key = ecdsaKey();
    const { evidence, expected } = quoteCase({}, key);
    let signature = parseTpmSignature(key.sign(evidence.quote));
    while (signature.algorithm !== "ecdsa" || signature.r[0] !== 0) {
      signature = parseTpmSignature(key.sign(evidence.quote));
    }
    const short = ecdsaSignature(signature.r.subarray(1), signature.s);
    expect(verifyTpmQuote({ ...evidence, signature: short }, expected).kind).toBe("verified");
    const long = ecdsaSignature(concatBytes(new Uint8Array(1), signature.r), signature.s);
    expect(verifyTpmQuote({ ...evidence, signature: long }, expected)).toMatchObject(
      refused("malformed"),
    );
  });

  it("refuses an RSA signature of another length or under the other padding", () => {
    const key = rsaKey("rsassa");
    const { evidence, expected } = quoteCase({}, key);
    const other = evidence.signature.slice();
    other[1] = 0x16;
    const zeros = concatBytes(evidence.signature.subarray(0, 4), new Uint8Array([0, 2, 0, 0]));
    for (const signature of [other, zeros]) {
      expect(verifyTpmQuote({ ...evidence, signature }, expected)).toMatchObject(
        refused("bad-signature"),
      );
    }
  });

  it.each([
    ["RSAPSS by a key that is fixed to RSASSA", rsaKey("rsapss"), 13, 0x14],
    ["SHA-512 by a key that is fixed to SHA-256", ecdsaKey({ hash: "sha512" }), 15, 0x0b],
  ])("refuses a true signature with %s", (_, key, offset, value) => {
    const akPublic = key.akPublic.slice();
    akPublic[offset] = value;
    const forged = quoteCase({}, { ...key, akPublic });
    expect(verdict(forged)).toMatchObject(refused("bad-signature"));
  });

  it("refuses signatures over SHA-1 and RSA keys below 2048 bits", () => {
    const weakHash = quoteCase({}, rsaKey("rsassa", { hash: "sha1" }));
    const short = quoteCase({}, rsaKey("rsassa", { keyBits: 1024 }));
    expect(verdict(weakHash)).toMatchObject(refused("policy-denied"));
    expect(verdict(short)).toMatchObject(refused("policy-denied"));
  });

  it("refuses a public key that is a point off its curve", () => {
    const key = ecdsaKey();
    const akPublic = key.akPublic.slice();
    akPublic[akPublic.length - 1] = (akPublic.at(-1) ?? 0) ^ 1;
    const { evidence, expected } = quoteCase({}, { ...key, akPublic });
    expect(verifyTpmQuote(evidence, expected)).toMatchObject(refused("malformed"));
  });
});
