// SPDX-License-Identifier: Apache-2.0
/** Sign-in by OIDC tokens against a real HTTPS issuer, with a clock that the tests move. */

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import type { Clock } from "@strongroom/core";
import { mintCertificate } from "@strongroom/testing";
import { exportJWK, generateKeyPair, type JWTPayload } from "jose";
import type { OidcIssuerConfig } from "../config.ts";
import { type HttpsIssuer, startHttpsIssuer } from "./__fixtures__/https-issuer.ts";
import type { Authenticate } from "./caller.ts";
import { keySetFreshness, keySetLifetime, unknownKeyInterval } from "./limits.ts";
import { createOidcAuthentication } from "./oidc.ts";

describe("an OIDC issuer that is found by discovery", () => {
  let folder: string;
  let caFile: string;
  let issuer: HttpsIssuer;
  let authenticate: Authenticate;
  let offset: number;
  const clock: Clock = {
    now: () => new Date(Date.parse("2026-01-01T00:00:00Z") + offset),
    sleep: () => Promise.resolve(),
  };

  beforeEach(async () => {
    offset = 0;
    folder = await mkdtemp(join(tmpdir(), "oidc-"));
    caFile = join(folder, "ca.crt");
    const ca = await mintCertificate({ subject: "/CN=issuer CA", ca: true });
    await writeFile(caFile, ca.certificatePem);
    const names = { subject: "/CN=issuer", names: "DNS:localhost" };
    issuer = await startHttpsIssuer(await mintCertificate({ ...names, issuer: ca }), clock.now);
    authenticate = await createOidcAuthentication([configOf()], clock);
  });
  afterEach(async () => {
    await issuer[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  const configOf = (change: Partial<OidcIssuerConfig> = {}): OidcIssuerConfig => ({
    ...{ issuer: issuer.issuer, audience: "vault", caFile, algorithms: ["ES256"] },
    administrators: ["chief"],
    auditors: [],
    securityOfficers: [],
    backupOperators: ["robot"],
    ...change,
  });
  const refusal = (token: string | Promise<string>) =>
    Promise.resolve(token)
      .then(authenticate)
      .then(
        () => "authenticated",
        ({ code }) => code,
      );

  it("vouches for a subject, whose keys are fetched once", async () => {
    const { principal, installationRoles } = await authenticate(await issuer.token());
    expect({ principal, installationRoles }).toEqual({
      principal: { issuer: issuer.issuer, subject: "alice" },
      installationRoles: [],
    });
    await authenticate(await issuer.token({ sub: "bob" }));
    expect(issuer.fetches()).toBe(1);
    const chief = await authenticate(await issuer.token({ sub: "chief" }));
    expect(chief.installationRoles).toEqual(["operator", "administrator"]);
    const robot = await authenticate(await issuer.token({ sub: "robot" }));
    expect(robot.installationRoles).toEqual(["backupOperator"]);
  });

  it.each([
    ["another audience", { aud: "elsewhere" }],
    ["no expiry", { exp: undefined }],
    ["no subject", { sub: "" }],
    ["a subject that is too long", { sub: "x".repeat(600) }],
    ["a cluster's account", { sub: "system:serviceaccount:team:app" }],
    ["what only a cluster says", { "kubernetes.io": { namespace: "team" } }],
    ["another issuer", { iss: "https://elsewhere.example" }],
  ])("is not believed about %s", async (_name, claims) => {
    expect(await refusal(issuer.token(claims as JWTPayload))).toBe("TokenInvalid");
  });

  it("is asked at once about a key that is new, and then no more for a while", async () => {
    await authenticate(await issuer.token());
    await issuer.rotate();
    offset += unknownKeyInterval;
    await authenticate(await issuer.token());
    expect(issuer.fetches()).toBe(2);
    const unknown = { ...issuer };
    await issuer.rotate();
    const token = await unknown.token();
    for (let i = 0; i < 20; i += 1) {
      expect(await refusal(token)).toBe("TokenInvalid");
    }
    expect(issuer.fetches()).toBe(2);
    offset += unknownKeyInterval;
    expect(await refusal(token)).toBe("authenticated");
  });

  it("is asked once by many who come together", async () => {
    const token = await issuer.token();
    await Promise.all(Array.from({ length: 50 }, () => authenticate(token)));
    expect(issuer.fetches()).toBe(1);
  });

  it("no longer vouches by a key that it withdrew, once the set is old", async () => {
    const token = await issuer.token();
    await authenticate(token);
    await issuer.rotate();
    offset += keySetFreshness - 1;
    expect(await refusal(token)).toBe("authenticated");
    offset += 1;
    expect(await refusal(token)).toBe("TokenInvalid");
  });

  it("may be away for an hour, and is not hammered then", async () => {
    const token = await issuer.token();
    await authenticate(token);
    issuer.answerWith({ status: 500 });
    offset += keySetLifetime - 1;
    for (let i = 0; i < 20; i += 1) {
      expect(await refusal(token)).toBe("authenticated");
    }
    offset += 1;
    expect(await refusal(token)).toBe("IssuerUnavailable");
    expect(issuer.fetches()).toBe(1);
    issuer.answerWith({});
    expect(await refusal(token)).toBe("IssuerUnavailable");
    offset += 2_000;
    expect(await refusal(token)).toBe("authenticated");
  });

  it.each([
    [
      "has another name in discovery",
      { discovery: { issuer: "https://x", jwks_uri: "https://x" } },
    ],
    ["has its keys without TLS", { discovery: { issuer: "", jwks_uri: "http://localhost" } }],
    ["answers no JSON", { discovery: "text" as unknown as object }],
    ["answers no key set", { keys: { keys: "none" } }],
    ["answers far too much", { keys: { keys: [], filler: "x".repeat(300_000) } }],
    [
      "answers too many keys",
      { keys: { keys: Array.from({ length: 65 }, () => ({ kty: "EC" })) } },
    ],
    ["shows a private key", { keys: { keys: [{ kty: "EC", d: "secret" }] } }],
  ])("is unavailable if it %s", async (_name, answers) => {
    issuer.answerWith(answers);
    expect(await refusal(issuer.token())).toBe("IssuerUnavailable");
  });

  it("is unavailable if it is a cluster's own", async () => {
    const keysUrl = `${issuer.issuer}/openid/v1/jwks`;
    issuer.answerWith({ discovery: { issuer: issuer.issuer, jwks_uri: keysUrl } });
    expect(await refusal(issuer.token())).toBe("IssuerUnavailable");
    expect(issuer.fetches()).toBe(0);
  });

  it("is unavailable if another CA certifies its host", async () => {
    const other = await mintCertificate({ subject: "/CN=another CA", ca: true });
    await writeFile(caFile, other.certificatePem);
    expect(await refusal(issuer.token())).toBe("IssuerUnavailable");
  });

  it("does not verify by a symmetric key, however it is offered", async () => {
    const { publicKey } = await generateKeyPair("ES256");
    const keys = [{ kty: "oct", k: "c2VjcmV0", kid: "key" }, await exportJWK(publicKey)];
    issuer.answerWith({ keys: { keys } });
    const header = Buffer.from(JSON.stringify({ alg: "HS256", kid: "key" })).toString("base64url");
    const [, payload] = (await issuer.token()).split(".");
    expect(await refusal(`${header}.${payload}.AAAA`)).toBe("TokenInvalid");
  });
});
