// SPDX-License-Identifier: Apache-2.0
import { createHmac, generateKeyPairSync, sign } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import {
  attackerJwk,
  attempt,
  type Case,
  claims,
  ec,
  forger,
  iat,
  jwk,
  one,
  rsa,
  secret,
  set,
  unnamed,
} from "../__fixtures__/jwt-attempts.ts";

/** A key of the same kind that somebody took out of a chain, without a name. */
const nameless = set(forger.publicKey.export({ format: "jwk" }));
const generateEc = () => generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;

describe("a token of another authority", () => {
  it("is verified by its issuer's keys, of either kind", () => {
    expect(attempt()).toMatchObject({ kind: "verified", claims: { binding: "bound" } });
    const header = { alg: "RS256", kid: "r" };
    expect(attempt({ header, key: rsa.privateKey }).kind).toBe("verified");
  });

  it("is bound by a nonce in a claim of a claim", () => {
    const nested = { "x-ms-runtime": { "client-payload": { nonce: "bm9uY2U" } } };
    const path = ["x-ms-runtime", "client-payload", "nonce"];
    expect(attempt({ claims: nested, nonce: { path, value: "bm9uY2U" } }).kind).toBe("verified");
    expect(attempt({ nonce: { path: ["constructor", "name"], value: "Object" } })).toMatchObject({
      class: "binding-mismatch",
    });
  });

  it("loses the claims that only Strongroom makes", () => {
    const forged = { "x-strongroom-class": "hardware", "x-ms-ver": "1.0" };
    const verdict = attempt({ claims: forged });
    expect(verdict).toMatchObject({ claims: { claims: { "x-ms-ver": "1.0" } } });
    expect(JSON.stringify(verdict)).not.toContain("x-strongroom-");
  });

  it.each<[string, Case]>([
    [
      "a key of its identifier among several",
      {
        issuer: {
          keys: set(jwk(rsa.publicKey, "e"), jwk(forger.publicKey, "e"), jwk(ec.publicKey, "e")),
        },
      },
    ],
    ["its issuer's only key, naming none", { header: { kid: undefined }, issuer: { keys: one } }],
    [
      "its issuer's only key, which has no name",
      { header: { kid: "x" }, issuer: { keys: unnamed } },
    ],
    ...["x", undefined].map((kid): [string, Case] => [
      `one of its issuer's keys, which have no names, naming ${kid}`,
      { header: { kid }, issuer: { keys: [...nameless, ...unnamed] } },
    ]),
    [
      "a key that is for its algorithm",
      { issuer: { keys: set({ ...jwk(ec.publicKey, "e"), alg: "ES256" }) } },
    ],
    ["its audience alone", { claims: { aud: "a" }, issuer: { audience: "a" } }],
    ["its audience among others", { claims: { aud: ["b", "a"] }, issuer: { audience: "a" } }],
    ["no issuer where any will do", { claims: { iss: undefined }, issuer: { issuer: "unbound" } }],
    ["the last instant of its minute before", { at: new Date((iat - 60) * 1000) }],
    ["the last instant of its minute after", { at: new Date((iat + 960) * 1000 - 1) }],
    [
      "no end where it may have none",
      { claims: { exp: undefined }, issuer: { expiry: "optional" } },
    ],
    ["no begin", { claims: { nbf: undefined } }],
  ])("is verified with %s", (_, changes) => {
    expect(attempt(changes)).toMatchObject({ kind: "verified" });
  });

  it("is an error where a rule of its issuer is missing", () => {
    const absent = undefined as unknown as "unbound";
    const bare = { iss: undefined, aud: undefined };
    for (const issuer of [{ issuer: absent }, { issuer: "unbound", audience: absent }] as const) {
      expect(() => attempt({ claims: bare, issuer })).toThrow(
        expect.objectContaining({ code: "BadParameter" }),
      );
    }
  });

  it.each<[string, string, Case]>([
    ["alg none", "policy-denied", { header: { alg: "none" }, signature: () => new Uint8Array() }],
    [
      "the public key as a shared secret",
      "policy-denied",
      {
        header: { alg: "HS256", kid: "r" },
        signature: (bytes) => createHmac("sha256", secret).update(bytes).digest(),
      },
    ],
    [
      "an algorithm that its issuer does not use",
      "policy-denied",
      { issuer: { algorithms: ["RS256"] } },
    ],
    ["an algorithm of another kind of key", "endorsements-unavailable", { header: { kid: "r" } }],
    ["a key in its header", "bad-signature", { header: attackerJwk, key: forger.privateKey }],
    [
      "an unknown key, though its header has it",
      "endorsements-unavailable",
      { header: { ...attackerJwk, kid: "x" }, key: forger.privateKey },
    ],
    [
      "a key's address in its header",
      "endorsements-unavailable",
      { header: { kid: "x", jku: "https://evil.test", x5u: "https://evil.test" } },
    ],
    [
      "no key identifier where there are two keys",
      "endorsements-unavailable",
      { header: { kid: undefined } },
    ],
    [
      "another identifier than its only key's",
      "endorsements-unavailable",
      { header: { kid: "x" }, issuer: { keys: one } },
    ],
    [
      "another identifier, where a key of two has none",
      "endorsements-unavailable",
      { header: { kid: "x" }, issuer: { keys: [...one, ...unnamed] } },
    ],
    [
      "a key that is for another algorithm",
      "endorsements-unavailable",
      { issuer: { keys: set({ ...jwk(ec.publicKey, "e"), alg: "ES384" }) } },
    ],
    [
      "none of its issuer's keys, which have no names",
      "bad-signature",
      { issuer: { keys: [...nameless, ...unnamed] }, key: generateEc() },
    ],
    [
      "no identifier where one of two keys has a name",
      "endorsements-unavailable",
      { header: { kid: undefined }, issuer: { keys: [...one, ...unnamed] } },
    ],
    ["claims that are a list", "malformed", { payload: "[]" }],
    [
      "an end beyond all numbers",
      "malformed",
      { payload: JSON.stringify(claims).replace(/"exp":\d+/u, '"exp":1e999') },
    ],
    ["its begin after a minute", "expired", { at: new Date((iat - 60) * 1000 - 1) }],
    ["its end, a minute ago", "expired", { at: new Date((iat + 960) * 1000) }],
    ["no issuer", "untrusted-chain", { claims: { iss: undefined } }],
    [
      "another audience alone",
      "binding-mismatch",
      { claims: { aud: "b" }, issuer: { audience: "a" } },
    ],
    ["a signature of zeros", "bad-signature", { signature: () => new Uint8Array(64) }],
    [
      "a signature in DER",
      "bad-signature",
      { signature: (bytes) => sign("sha256", bytes, ec.privateKey) },
    ],
    ["a critical header", "malformed", { header: { crit: ["exp"] } }],
    ["another issuer", "untrusted-chain", { claims: { iss: "https://issuer.test/" } }],
    ["another audience", "binding-mismatch", { claims: { aud: ["b"] }, issuer: { audience: "a" } }],
    ["no audience", "binding-mismatch", { issuer: { audience: "a" } }],
    ["another nonce", "binding-mismatch", { claims: { nonce: "m" } }],
    ["no nonce", "binding-mismatch", { claims: { nonce: undefined } }],
    ["its end in the past", "expired", { at: new Date("2026-06-01T00:16:01Z") }],
    ["its begin in the future", "expired", { claims: { nbf: iat + 661 } }],
    ["its issue in the future", "expired", { claims: { iat: iat + 661 } }],
    ["an age that is too great", "expired", { issuer: { longestAge: 500 } }],
    ["no end", "malformed", { claims: { exp: undefined } }],
    ["no issue", "malformed", { claims: { iat: undefined } }],
    ["an end that is text", "malformed", { claims: { exp: "9999999999" } }],
    ["a claim twice", "malformed", { payload: `{"iss":"x",${JSON.stringify(claims).slice(1)}` }],
    ["padding in base64url", "malformed", { change: (token) => `${token}==` }],
    ["a fourth part", "malformed", { change: (token) => `${token}.e30` }],
    [
      "too many characters",
      "malformed",
      { payload: JSON.stringify({ ...claims, long: "x".repeat(66_000) }) },
    ],
  ])("is refused with %s: %s", (_, refusal, changes) => {
    expect(attempt(changes)).toMatchObject({ kind: "refused", class: refusal });
  });
});
