// SPDX-License-Identifier: Apache-2.0
/** Attestation with real TPMs, real tokens and a real API server: tokens, rules and the keys of tokens. */

import { describe, expect, it } from "@jest/globals";
import { attestationAuthoritySpecSchema } from "@strongroom/api";
import {
  createLocalJWKSet,
  createRemoteJWKSet,
  customFetch,
  decodeProtectedHeader,
  jwtVerify,
} from "jose";
import { post, workload } from "./fixtures/machine.ts";
import { accounts, installationHost, issuer, subjectOf } from "./fixtures/names.ts";
import { traceOf } from "./fixtures/stored.ts";
import { useTwoMachines } from "./fixtures/two-machines.ts";

describe("the attestation authority", () => {
  const now = useTwoMachines();

  it("issues a token that any OpenID client can verify, with the claims that policies name", async () => {
    const { leaves, result } = await traceOf(now.installation.folders.storeFile, () =>
      now.one.attest(),
    );
    const fetched: string[] = [];
    const keys = createRemoteJWKSet(new URL(`${issuer}/certs`), {
      [customFetch]: async (url: string) => {
        fetched.push(url);
        const path = new URL(url).pathname;
        const { text } = await now.installation.send({
          ...{ serverName: installationHost, method: "GET", path },
        });
        return new Response(text, { headers: { "content-type": "application/json" } });
      },
    });
    const discovery = await now.installation.send({
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
      ...{ aikPubHash: expect.stringMatching(/^[A-Za-z0-9+/]{43}=$/), aikValidated: true },
      ...{ tpmVersion: 2, ver: "1.0", tee: "tpm" },
      policy_hash: payload["x-ms-policy-hash"],
      "maa-policyHash": payload["x-ms-policy-hash"],
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
      "x-strongroom-node-uid": now.one.nodeUid,
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
    const { leaves } = await traceOf(now.installation.folders.storeFile, () => now.one.attest());
    expect(leaves.map(({ event }) => event.operationName)).toEqual(["NodeAttest"]);
  });

  it("has its rules from the vault's file alone, where that states them", async () => {
    const spec = attestationAuthoritySpecSchema.parse({ kinds: ["Tpm"] });
    const call = { epoch: 1, generation: 1, owner: { uid: "authority" } };
    const put = now.installation.manage((client) => client.putAuthority({ ...call, spec }));
    await expect(put).rejects.toMatchObject({ code: "Forbidden" });
    const removed = await now.installation.manage((client) => client.deleteAuthority({ epoch: 1 }));
    expect(removed).toEqual({ deleted: false });
    await now.one.attest();
  });

  it("signs with another key when an administrator says so, and its last tokens stay good over a kill", async () => {
    const certs = async () => {
      const { body } = await now.installation.send({
        ...{ serverName: installationHost, method: "GET", path: "/certs" },
      });
      return createLocalJWKSet(body);
    };
    const kidOf = (token: string) => decodeProtectedHeader(token).kid;
    const { token: last } = await now.one.attest();
    const path = "/strongroom/v1/attestation/rotate-key";
    await now.refused(() => post(now.installation, now.one.pluginToken, path), {
      ...{ code: "Forbidden", operation: "TokenKeyRotate" },
    });
    const administrator = await now.installation.oidc.token("administrator");
    const { status, body } = await post(now.installation, administrator, path);
    expect([status, body.keys.map(({ kid }: { kid: string }) => kid)]).toEqual([
      200,
      [expect.any(String), kidOf(last)],
    ]);
    await now.installation.vault.stop("SIGKILL");
    await now.installation.vault.start();
    const { token: next } = await now.one.attest();
    expect(kidOf(next)).toBe(body.keys[0].kid);
    for (const token of [last, next]) {
      await jwtVerify(token, await certs(), { issuer });
    }
  });
});
