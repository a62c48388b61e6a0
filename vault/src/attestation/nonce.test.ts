// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { fromBase64url, toBase64url } from "@strongroom/core";
import { checkNonce, longestNonceLifetime, makeNonce } from "./nonce.ts";

const key = new Uint8Array(32).fill(1);
const holder = { subject: "system:serviceaccount:strongroom-node:strongroom-node", nodeUid: "n1" };
const made = new Date("2026-01-01T00:00:00Z");
const after = (milliseconds: number) => new Date(made.getTime() + milliseconds);

describe("a nonce", () => {
  const nonce = makeNonce(key, holder, made);
  const invalid = { code: "NonceInvalid" };
  const check =
    (text: string, who = holder, at = made, lifetime = longestNonceLifetime) =>
    () =>
      checkNonce(key, text, who, { at, lifetime });

  it("is good until the last millisecond of its life, and has to be remembered as long", () => {
    const last = check(nonce, holder, after(longestNonceLifetime - 1))();
    expect(last).toMatchObject({ made, expiresAt: after(longestNonceLifetime) });
    expect(check(nonce, holder, after(longestNonceLifetime))).toThrow(
      expect.objectContaining(invalid),
    );
  });

  it("is good for less where the rules say so, and is remembered as long all the same", () => {
    const last = check(nonce, holder, after(9_999), 10_000)();
    expect(last.expiresAt).toEqual(after(longestNonceLifetime));
    expect(check(nonce, holder, after(10_000), 10_000)).toThrow(expect.objectContaining(invalid));
  });

  it("is spent under one name by whoever spells it, and under another than any other", () => {
    expect(check(nonce)().spendId).toBe(check(nonce)().spendId);
    expect(check(makeNonce(key, holder, made))().spendId).not.toBe(check(nonce)().spendId);
  });

  it("is good for its caller on its node alone", () => {
    const others = [
      { ...holder, nodeUid: "n2" },
      { ...holder, subject: `${holder.subject}2` },
      // The same characters, divided in another place.
      { subject: `${holder.subject}n`, nodeUid: "1" },
    ];
    for (const other of others) {
      expect(check(nonce, other)).toThrow(expect.objectContaining(invalid));
    }
  });

  it("is no good with any byte changed, cut or added, or under another key", () => {
    const bytes = fromBase64url(nonce);
    for (let i = 0; i < bytes.length; i += 1) {
      const changed = bytes.slice();
      changed[i] = (changed[i] ?? 0) ^ 1;
      expect(check(toBase64url(changed))).toThrow(expect.objectContaining(invalid));
    }
    const texts = [nonce.slice(0, -4), `${nonce}AAAA`, "", "not base64url!", nonce.slice(0, 30)];
    for (const text of texts) {
      expect(check(text)).toThrow(expect.objectContaining(invalid));
    }
    const otherKey = new Uint8Array(32);
    expect(() =>
      checkNonce(otherKey, nonce, holder, { at: made, lifetime: longestNonceLifetime }),
    ).toThrow(expect.objectContaining(invalid));
  });
});
