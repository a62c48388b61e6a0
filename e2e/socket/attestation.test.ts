// SPDX-License-Identifier: Apache-2.0
/** Attestation with real TPMs, real tokens and a real API server. */

import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { attestationAuthoritySpecSchema } from "@strongroom/api";
import {
  createLocalJWKSet,
  createRemoteJWKSet,
  customFetch,
  decodeProtectedHeader,
  jwtVerify,
} from "jose";
import { type Installation, startInstallation } from "./fixtures/installation.ts";
import {
  collectEvidence,
  type Machine,
  makeMachine,
  nonceFor,
  post,
  postEvidence,
  workload,
} from "./fixtures/machine.ts";
import { accounts, installationHost, issuer, subjectOf } from "./fixtures/names.ts";
import { expectRefused } from "./fixtures/refusal.ts";
import { traceOf } from "./fixtures/stored.ts";

describe("the attestation authority", () => {
  let installation: Installation;
  let one: Machine;
  let two: Machine;

  beforeAll(async () => {
    installation = await startInstallation({ cluster: true, tpms: 2 });
    one = await makeMachine(installation, "node-one", 0);
    two = await makeMachine(installation, "node-two", 1);
    await one.attest();
    await two.attest();
  });
  afterAll(async () => {
    await installation[Symbol.asyncDispose]();
  });

  const refused = (
    act: Parameters<typeof expectRefused>[1],
    expected: Parameters<typeof expectRefused>[2],
  ) => expectRefused(installation.folders.storeFile, act, expected);
  it("issues a token that any OpenID client can verify, with the claims that policies name", async () => {
    const { leaves, result } = await traceOf(installation.folders.storeFile, () => one.attest());
    const fetched: string[] = [];
    const keys = createRemoteJWKSet(new URL(`${issuer}/certs`), {
      [customFetch]: async (url: string) => {
        fetched.push(url);
        const path = new URL(url).pathname;
        const { text } = await installation.send({
          ...{ serverName: installationHost, method: "GET", path },
        });
        return new Response(text, { headers: { "content-type": "application/json" } });
      },
    });
    const discovery = await installation.send({
      ...{ serverName: installationHost, method: "GET" },
      path: "/.well-known/openid-configuration",
    });
    expect(discovery.body).toMatchObject({ issuer, jwks_uri: `${issuer}/certs` });
    const { payload, protectedHeader } = await jwtVerify(result.token, keys, {
      ...{ issuer, algorithms: ["ES256"], typ: "JWT" },
    });
    expect(fetched).toEqual([`${issuer}/certs`]);
    expect(protectedHeader.kid).toEqual(expect.any(String));
    const { encrypt, deriveKey, verify } = result.keys;
    const [leaf] = leaves;
    const zeros = "0".repeat(64);
    expect(payload).toEqual({
      ...{ iss: issuer, jti: expect.any(String), "x-ms-ver": "1.0" },
      ...{ iat: expect.any(Number), nbf: payload.iat, exp: Number(payload.iat) + 900 },
      "x-ms-attestation-type": "tpm",
      "x-ms-policy-hash": expect.stringMatching(/^[\w-]{43}$/),
      "x-ms-runtime": { keys: [encrypt.jwk, deriveKey.jwk, verify.jwk] },
      cnf: { jwk: verify.jwk },
      "x-strongroom-tier": "tpm",
      "x-strongroom-class": "software",
      "x-strongroom-root": expect.stringMatching(/^[0-9a-f]{64}$/),
      "x-strongroom-enrolment": "FirstUse",
      "x-strongroom-fresh": true,
      "x-strongroom-challenged-at": expect.any(Number),
      "x-strongroom-device": leaf?.event.properties["device"],
      "x-strongroom-node-name": "node-one",
      "x-strongroom-node-uid": one.nodeUid,
      "x-strongroom-unmeasured": { workload },
      "x-strongroom-tpm": {
        pcrs: { sha256: { "0": zeros, "7": zeros, "16": zeros } },
        "firmware-version": expect.anything(),
        "reset-count": expect.any(Number),
        "restart-count": expect.any(Number),
      },
    });
    const age = Number(payload.iat) - Number(payload["x-strongroom-challenged-at"]);
    expect(age >= 0 && age < 60).toBe(true);
    expect(leaf?.event).toMatchObject({
      ...{ operationName: "NodeAttest", resultType: "Success" },
      identity: { subject: subjectOf(accounts.nodePlugin), nodeName: "node-one" },
    });
  });

  it("attests one and the same machine again without another enrolment", async () => {
    const { leaves } = await traceOf(installation.folders.storeFile, () => one.attest());
    expect(leaves.map(({ event }) => event.operationName)).toEqual(["NodeAttest"]);
  });

  it("takes a nonce once", async () => {
    const nonce = await nonceFor(installation, one.pluginToken);
    const evidence = await collectEvidence(one, { nonce });
    const first = await traceOf(installation.folders.storeFile, () =>
      postEvidence(installation, one.pluginToken, evidence),
    );
    expect([first.result.status, first.rows.length]).toEqual([200, 1]);
    await refused(() => postEvidence(installation, one.pluginToken, evidence), {
      ...{ code: "NonceInvalid", operation: "NodeAttest" },
    });
  });

  it("takes no nonce that it gave to another node, or that it never gave", async () => {
    const foreign = await nonceFor(installation, two.pluginToken);
    const own = await nonceFor(installation, one.pluginToken);
    const forged = `${own.slice(0, -2)}${own.endsWith("AA") ? "BB" : "AA"}`;
    for (const nonce of [foreign, forged, "A".repeat(98)]) {
      const evidence = await collectEvidence(one, { nonce });
      await refused(() => postEvidence(installation, one.pluginToken, evidence), {
        ...{ code: "NonceInvalid", operation: "NodeAttest" },
      });
    }
  });

  it("spends no nonce on evidence that it refuses", async () => {
    const nonce = await nonceFor(installation, one.pluginToken);
    const wrong = await collectEvidence(one, { nonce, extraData: new Uint8Array(32) });
    await refused(() => postEvidence(installation, one.pluginToken, wrong), {
      ...{ code: "EvidenceRefused", operation: "NodeAttest" },
      properties: { class: "binding-mismatch" },
    });
    const right = await collectEvidence(one, { nonce });
    expect((await postEvidence(installation, one.pluginToken, right)).status).toBe(200);
  });

  it("takes no runtime data with a member that it does not know", async () => {
    const nonce = await nonceFor(installation, one.pluginToken);
    const evidence = await collectEvidence(one, {
      nonce,
      extra: { "x-strongroom-class": "hardware" },
    });
    await refused(() => postEvidence(installation, one.pluginToken, evidence), {
      ...{ code: "EvidenceMalformed", operation: "NodeAttest" },
    });
  });

  it("takes no other keys, PCR values or signature than those that were quoted", async () => {
    const nonce = await nonceFor(installation, one.pluginToken);
    const honest = await collectEvidence(one, { nonce });
    const other = await collectEvidence(one, { nonce });
    const ones = "1".repeat(64);
    const pcrs = { sha256: { ...honest.pcrs.sha256, "7": ones } };
    const { "7": _, ...fewer } = honest.pcrs.sha256;
    const changed = [
      { ...honest, runtimeData: other.runtimeData },
      { ...honest, signature: other.signature },
      { ...honest, pcrs },
      { ...honest, pcrs: { sha256: fewer } },
    ];
    for (const evidence of changed) {
      await refused(() => postEvidence(installation, one.pluginToken, evidence), {
        ...{ code: "EvidenceRefused", operation: "NodeAttest" },
        properties: { reason: expect.any(String) },
      });
    }
    expect((await postEvidence(installation, one.pluginToken, honest)).status).toBe(200);
  });

  it("takes no evidence of another machine's TPM", async () => {
    const nonce = await nonceFor(installation, one.pluginToken);
    const evidence = await collectEvidence(two, { nonce });
    const own = await collectEvidence(one, { nonce });
    for (const sent of [evidence, { ...own, akPublic: evidence.akPublic }]) {
      await refused(() => postEvidence(installation, one.pluginToken, sent), {
        ...{ code: "EvidenceRefused", operation: "NodeAttest" },
      });
    }
  });

  it("has its rules from the vault's file alone, where that states them", async () => {
    const spec = attestationAuthoritySpecSchema.parse({ kinds: ["Tpm"] });
    const call = { epoch: 1, generation: 1, owner: { uid: "authority" } };
    const put = installation.manage((client) => client.putAuthority({ ...call, spec }));
    await expect(put).rejects.toMatchObject({ code: "Forbidden" });
    const removed = await installation.manage((client) => client.deleteAuthority({ epoch: 1 }));
    expect(removed).toEqual({ deleted: false });
    await one.attest();
  });

  it("signs with another key when an administrator says so, and its last tokens stay good over a kill", async () => {
    const certs = async () => {
      const { body } = await installation.send({
        ...{ serverName: installationHost, method: "GET", path: "/certs" },
      });
      return createLocalJWKSet(body);
    };
    const kidOf = (token: string) => decodeProtectedHeader(token).kid;
    const { token: last } = await one.attest();
    const path = "/strongroom/v1/attestation/rotate-key";
    await refused(() => post(installation, one.pluginToken, path), {
      ...{ code: "Forbidden", operation: "TokenKeyRotate" },
    });
    const administrator = await installation.oidc.token("administrator");
    const { status, body } = await post(installation, administrator, path);
    expect([status, body.keys.map(({ kid }: { kid: string }) => kid)]).toEqual([
      200,
      [expect.any(String), kidOf(last)],
    ]);
    await installation.vault.stop("SIGKILL");
    await installation.vault.start();
    const { token: next } = await one.attest();
    expect(kidOf(next)).toBe(body.keys[0].kid);
    for (const token of [last, next]) {
      await jwtVerify(token, await certs(), { issuer });
    }
  });
});
