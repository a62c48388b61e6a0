// SPDX-License-Identifier: Apache-2.0
import { createHmac, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { utf8 } from "@strongroom/core";
import { openVectors } from "../__fixtures__/vectors.ts";
import { checkEar } from "./check-ear.ts";
import { parseJwks } from "./jwks.ts";
import { type JwtExpectation, type JwtIssuer, parseJwt, verifyJwt } from "./verify-jwt.ts";

const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
const ec = generateKeyPairSync("ec", { namedCurve: "P-256" });
const forger = generateKeyPairSync("ec", { namedCurve: "P-256" });
const at = new Date("2026-06-01T00:10:00Z");
const iat = Date.parse("2026-06-01T00:00:00Z") / 1000;

const set = (...keys: readonly object[]) => parseJwks(utf8(JSON.stringify({ keys })));
const jwk = (key: KeyObject, kid: string) => ({ ...key.export({ format: "jwk" }), kid });
const usual: JwtIssuer = {
  issuer: "https://issuer.test",
  audience: "unbound",
  algorithms: ["ES256", "RS256"],
  keys: set(jwk(rsa.publicKey, "r"), jwk(ec.publicKey, "e")),
  expiry: "required",
  longestAge: 3600,
};
const one = set(jwk(ec.publicKey, "e"));
const unnamed = set(ec.publicKey.export({ format: "jwk" }));
const claims = { iss: "https://issuer.test", iat, nbf: iat, exp: iat + 900, nonce: "n" };

interface Case {
  readonly header?: object;
  readonly claims?: object;
  readonly payload?: string;
  readonly key?: KeyObject;
  readonly issuer?: Partial<JwtIssuer>;
  readonly nonce?: JwtExpectation["nonce"];
  readonly signature?: (signed: Uint8Array) => Uint8Array;
  readonly change?: (token: string) => string;
  readonly at?: Date;
}

const part = (bytes: Uint8Array | string) => Buffer.from(bytes).toString("base64url");

function mint(changes: Case): string {
  const header = { alg: "ES256", kid: "e", typ: "JWT", ...changes.header };
  const payload = changes.payload ?? JSON.stringify({ ...claims, ...changes.claims });
  const signed = `${part(JSON.stringify(header))}.${part(payload)}`;
  const key = changes.key ?? ec.privateKey;
  const make =
    changes.signature ??
    ((bytes: Uint8Array) => sign("sha256", bytes, { key, dsaEncoding: "ieee-p1363" }));
  return `${signed}.${part(make(utf8(signed)))}`;
}

function attempt(changes: Case = {}) {
  const token = mint(changes);
  const nonce = changes.nonce ?? { path: ["nonce"], value: "n" };
  const issuer = { ...usual, ...changes.issuer };
  return verifyJwt(changes.change?.(token) ?? token, issuer, { nonce }, changes.at ?? at);
}

const attackerJwk = { jwk: forger.publicKey.export({ format: "jwk" }) };
const secret = rsa.publicKey.export({ type: "spki", format: "pem" });

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

  it("is refused where a rule of its issuer is missing", () => {
    const absent = undefined as unknown as "unbound";
    const bare = { iss: undefined, aud: undefined };
    expect(attempt({ claims: bare, issuer: { issuer: absent } })).toMatchObject({
      class: "untrusted-chain",
    });
    expect(
      attempt({ claims: bare, issuer: { issuer: "unbound", audience: absent } }),
    ).toMatchObject({
      class: "binding-mismatch",
    });
  });

  it("has three parts of at most 65,536 characters together, and a header that is understood", () => {
    const usualHeader = part(JSON.stringify({ alg: "ES256" }));
    const longest = `${usualHeader}.${"A".repeat(65_536 - usualHeader.length - 2)}.`;
    expect(parseJwt(longest)).toMatchObject({ header: { alg: "ES256" }, signature: utf8("") });
    const refusals: readonly (readonly [string, string])[] = [
      [`${longest}A`, "three parts"],
      [`${usualHeader}.e30`, "three parts"],
      [`${usualHeader}.e30.AA.AA`, "three parts"],
      [`${part("[]")}.e30.`, "header is none"],
      [`${part("null")}.e30.`, "header is none"],
      [`${part('{"alg":"ES256","crit":[]}')}.e30.`, "not understood"],
      [`${part('{"alg":"ES256","b64":true}')}.e30.`, "not understood"],
      [`${usualHeader}.e3.`, "no base64url"],
    ];
    for (const [token, message] of refusals) {
      expect(() => parseJwt(token)).toThrow(
        expect.objectContaining({
          code: "EvidenceMalformed",
          message: expect.stringContaining(message),
        }),
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

describe("an EAR", () => {
  const ear = (status: unknown, vector: object | undefined) => ({
    submods: { one: { "ear.status": status, "ear.trustworthiness-vector": vector } },
  });

  it.each([
    ["affirming", { hardware: 2, executables: 31, configuration: -32, "file-system": 0 }],
    ["warning", { hardware: 32, executables: -96 }],
    ["contraindicated", { hardware: 127, executables: -128 }],
    ["none", { hardware: -1, executables: 1 }],
    [0, { hardware: 1 }],
    [2, { hardware: 31 }],
    [32, { hardware: 95 }],
    [96, { hardware: 127 }],
    ["affirming", undefined],
  ])("may say %s where its worst value does", (status, vector) => {
    expect(checkEar(ear(status, vector))).toBeUndefined();
  });

  it.each([
    ["affirming", { hardware: 32 }, "policy-denied"],
    ["affirming", { hardware: -33 }, "policy-denied"],
    ["warning", { hardware: 96 }, "policy-denied"],
    ["warning", { hardware: -97 }, "policy-denied"],
    ["none", { hardware: -2 }, "policy-denied"],
    [0, { hardware: 2 }, "policy-denied"],
    [32, { hardware: 96 }, "policy-denied"],
    ["affirming", { hardware: 128 }, "malformed"],
    ["affirming", { hardware: -129 }, "malformed"],
    ["affirming", { hardware: 1.5 }, "malformed"],
    ["affirming", { hardware: "2" }, "malformed"],
    ["affirming", { hardware: 2, executables: null }, "malformed"],
    ["affirming", [2], "malformed"],
    ["fine", {}, "malformed"],
    [1, {}, "malformed"],
    [undefined, {}, "malformed"],
  ])("is refused that says %s with %j: %s", (status, vector, refusal) => {
    expect(checkEar(ear(status, vector))?.class).toBe(refusal);
  });

  it.each([
    [{}, "the token has no submodules"],
    [[{ "ear.status": "affirming" }], "the token has no submodules"],
    [{ one: 1 }, "a submodule is none"],
    [{ one: { "ear.status": "affirming" }, two: {} }, "a submodule has no status"],
  ])("is refused with submodules %j: %s", (submods, reason) => {
    expect(checkEar({ submods })).toEqual({ kind: "refused", class: "malformed", reason });
  });
});

const vectors = openVectors(process.env["STRONGROOM_VECTORS"]);
const withVectors = vectors === undefined ? describe.skip : describe;

withVectors("published tokens of EAR", () => {
  const folder = "jwt-ear/veraison__ear";
  const check = (name: string) => {
    const keys = parseJwks(vectors?.bytes(`${folder}/ear_test_pub.jwk.json`) ?? new Uint8Array());
    const issuer = { ...usual, issuer: "unbound", expiry: "optional", keys } as const;
    const token = (vectors?.text(`${folder}/${name}`) ?? "").trim();
    return verifyJwt(token, issuer, { nonce: "unbound" }, new Date("2022-10-18T11:20:00Z"));
  };

  it("ear_test_0.jwt is authentic and consistent", () => {
    const verdict = check("ear_test_0.jwt");
    expect(verdict).toMatchObject({ kind: "verified", claims: { binding: "unbound" } });
    expect(verdict.kind === "verified" && checkEar(verdict.claims.claims)).toBeUndefined();
  });

  it.each([
    ["ear_test_1.jwt", "policy-denied"],
    ["ear_test_2.jwt", "malformed"],
    ["ear_test_3.jwt", "expired"],
  ])("%s is refused: %s", (name, refusal) => {
    expect(check(name)).toMatchObject({ class: refusal });
  });
});
