// SPDX-License-Identifier: Apache-2.0
/** Tokens of other authorities: whose keys count, and what of a token is believed. A real HTTPS issuer, and a clock that moves. */

import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import type { ExternalIssuer } from "@strongroom/api";
import type { Clock } from "@strongroom/core";
import { mintCertificate } from "@strongroom/testing";
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from "jose";
import { type HttpsIssuer, startHttpsIssuer } from "../../identity/__fixtures__/https-issuer.ts";
import { keySetFreshness, unknownKeyInterval } from "../../identity/limits.ts";
import type { VerifiedTarget } from "./verified-target.ts";
import { createTargetVerifier, type VerifyTarget } from "./verify-target.ts";

/** What takes away the end that the issuer gives its tokens. */
const withoutEnd = { exp: undefined } as object as JWTPayload;

describe("a token of another authority", () => {
  let issuer: HttpsIssuer;
  let ca: string;
  let offset: number;
  let configured: readonly ExternalIssuer[];
  let verify: VerifyTarget;
  const clock: Clock = {
    now: () => new Date(Date.parse("2026-01-01T00:00:00Z") + offset),
    sleep: () => Promise.resolve(),
  };

  beforeEach(async () => {
    offset = 0;
    const authority = await mintCertificate({ subject: "/CN=attestation CA", ca: true });
    ca = authority.certificatePem;
    const names = { subject: "/CN=attestation", names: "DNS:localhost" };
    const leaf = await mintCertificate({ ...names, issuer: authority });
    issuer = await startHttpsIssuer(leaf, clock.now);
    configured = [configOf()];
    verify = createTargetVerifier({
      ...{ authority: { issuer: "https://ours.example" } as never, clock },
      externalIssuers: () => configured,
    });
  });
  afterEach(async () => {
    await issuer[Symbol.asyncDispose]();
  });

  const configOf = (change: Partial<ExternalIssuer> = {}): ExternalIssuer => ({
    ...{ issuer: issuer.issuer, kind: "MAA", ca, algorithms: ["ES256"] },
    ...{ maximumAgeSeconds: 3_600, binding: "podToken", ...change },
  });
  const token = (claims: JWTPayload = {}) =>
    issuer.token({ iat: Math.floor(clock.now().getTime() / 1000), ...claims });
  const attempt = async (text: string | Promise<string>) => {
    try {
      return await verify(await text, clock.now());
    } catch (error) {
      return (error as { readonly code?: string }).code;
    }
  };

  it("is verified by keys that were discovered once, and is bound as its issuer is configured", async () => {
    expect(await attempt(token({ a: 1 }))).toMatchObject({
      ...{ issuer: issuer.issuer, isOwn: false, binding: { kind: "pod" }, proofKey: undefined },
      claims: { a: 1 },
    });
    configured = [configOf({ binding: "none" })];
    expect(await attempt(token())).toMatchObject({ binding: { kind: "anybody" } });
    await attempt(token());
    expect(issuer.fetches()).toBe(2);
  });

  it("is of the issuer however the token and the configuration spell that", async () => {
    const { issuer: plain } = issuer;
    const capitals = plain.replace("localhost", "LOCALHOST");
    for (const [inConfig, inToken] of [
      [`${plain}/`, plain],
      [capitals, `${plain}/`],
      [plain, capitals],
    ] as const) {
      configured = [configOf({ issuer: inConfig })];
      expect(await attempt(token({ iss: inToken }))).toMatchObject({ issuer: inConfig });
    }
    for (const other of [`${plain}/a`, plain.replace("https", "http"), `${plain}?a`, ""]) {
      expect(await attempt(token({ iss: other }))).toBe("TargetInvalid");
    }
  });

  it("loses the claims that are ours to make", async () => {
    const target = await attempt(token({ "x-strongroom-class": "hardware", b: 2 }));
    expect(target).toMatchObject({ claims: { b: 2 } });
    expect(JSON.stringify(target)).not.toContain("x-strongroom");
  });

  it("is not believed about keys: a known name, its address, the key itself, a certificate of it", async () => {
    const { certificate, key } = await mintCertificate({ subject: "/CN=attestation" });
    const { raw, publicKey } = certificate;
    const forge = (header: object) =>
      new SignJWT({ iss: issuer.issuer, iat: 1_767_225_600, exp: 1_767_229_200 })
        .setProtectedHeader({ alg: "ES256", ...header })
        .sign(key);
    for (const header of [
      { kid: "forged", jwk: { ...publicKey.export({ format: "jwk" }), kid: "forged" } },
      { kid: "forged", jku: "https://evil.example/keys", x5u: "https://evil.example/cert" },
      { kid: "forged", x5c: [raw.toString("base64")] },
    ]) {
      expect(await attempt(forge(header))).toBe("TargetInvalid");
    }
  });

  it("is refused for another issuer, algorithm, audience or age", async () => {
    expect(await attempt(token({ iss: "https://localhost" }))).toBe("TargetInvalid");
    expect(await attempt("a.b.c")).toBe("TargetInvalid");
    expect(await attempt(token({ exp: 1 }))).toBe("TargetExpired");
    expect(await attempt(token({ iat: 1_767_225_600 - 3_700 }))).toBe("TargetExpired");
    configured = [configOf({ algorithms: ["RS256"] })];
    expect(await attempt(token())).toBe("TargetInvalid");
    configured = [configOf({ audience: "us" })];
    expect(await attempt(token())).toBe("TargetInvalid");
    expect(await attempt(token({ aud: "us" }))).toMatchObject({ isOwn: false });
    configured = [];
    expect(await attempt(token({ aud: "us" }))).toBe("TargetInvalid");
  });

  it("of a key that is new is verified once its issuer may be asked again", async () => {
    await attempt(token());
    await issuer.rotate();
    expect(await attempt(token())).toBe("TargetInvalid");
    offset += unknownKeyInterval;
    expect(await attempt(token())).toMatchObject({ isOwn: false });
    expect(issuer.fetches()).toBe(2);
  });

  it("waits for its issuer, whose discovery must be its own, at its own host, under its CA", async () => {
    for (const answers of [
      { status: 500 },
      { discovery: { issuer: "https://evil.example", jwks_uri: `${issuer.issuer}/keys` } },
      { discovery: { jwks_uri: "https://evil.example/keys" } },
      { keys: { keys: "none" } },
    ]) {
      issuer.answerWith(answers);
      expect(await attempt(token())).toBe("IssuerUnavailable");
      issuer.answerWith({});
      offset += 10 * keySetFreshness;
    }
    issuer.answerWith({ discovery: { jwks_uri: `${issuer.issuer}/keys` } });
    expect(await attempt(token())).toMatchObject({ isOwn: false });
    const stranger = await mintCertificate({ subject: "/CN=another CA", ca: true });
    configured = [configOf({ ca: stranger.certificatePem })];
    expect(await attempt(token())).toBe("IssuerUnavailable");
  });

  it("that confirms a key asks for a proof by it, and is for nobody if that is not understood", async () => {
    const jwk = await exportJWK((await generateKeyPair("ES256")).publicKey);
    const { proofKey } = (await attempt(token({ cnf: { jwk } }))) as VerifiedTarget;
    expect(await exportJWK(proofKey ?? new Uint8Array())).toEqual(jwk);
    for (const cnf of [{}, { jwk: {} }, { "x5t#S256": "abc" }, { jwk: { ...jwk, x: "AA" } }]) {
      expect(await attempt(token({ cnf }))).toBe("TargetInvalid");
    }
  });

  it("in EAR's form must not say better than it lists, and need not end", async () => {
    configured = [configOf({ kind: "EAR" })];
    const module = { "ear.status": "affirming", "ear.trustworthiness-vector": { hardware: 2 } };
    expect(await attempt(token({ submods: { cpu: module }, ...withoutEnd }))).toMatchObject({
      claims: { submods: { cpu: module } },
    });
    const contradiction = { ...module, "ear.trustworthiness-vector": { hardware: 96 } };
    expect(await attempt(token({ submods: { cpu: contradiction } }))).toBe("TargetInvalid");
    expect(await attempt(token())).toBe("TargetInvalid");
  });
});
