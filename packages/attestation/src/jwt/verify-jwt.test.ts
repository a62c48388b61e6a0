// SPDX-License-Identifier: Apache-2.0
import { createHmac, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { utf8 } from "@strongroom/core";
import { openVectors } from "../__fixtures__/vectors.ts";
import { checkEar } from "./check-ear.ts";
import { parseJwks } from "./jwks.ts";
import { type JwtExpectation, type JwtIssuer, verifyJwt } from "./verify-jwt.ts";

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
  const ear = (status: unknown, vector: object) => ({
    submods: { one: { "ear.status": status, "ear.trustworthiness-vector": vector } },
  });

  it.each([
    ["affirming", { hardware: 2, executables: 31, configuration: -32, "file-system": 0 }],
    ["warning", { hardware: 32, executables: -96 }],
    ["contraindicated", { hardware: 127, executables: -128 }],
    ["none", { hardware: -1, executables: 1 }],
  ])("may say %s where its worst value does", (status, vector) => {
    expect(checkEar(ear(status, vector))).toBeUndefined();
  });

  it.each([
    ["affirming", { hardware: 32 }, "policy-denied"],
    ["affirming", { hardware: -33 }, "policy-denied"],
    ["warning", { hardware: 96 }, "policy-denied"],
    ["warning", { hardware: -97 }, "policy-denied"],
    ["none", { hardware: -2 }, "policy-denied"],
    ["affirming", { hardware: 128 }, "malformed"],
    ["fine", {}, "malformed"],
  ])("is refused that says %s with %j: %s", (status, vector, refusal) => {
    expect(checkEar(ear(status, vector))?.class).toBe(refusal);
  });

  it("is refused without submodules", () => {
    expect(checkEar({ submods: {} })?.class).toBe("malformed");
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
