// SPDX-License-Identifier: Apache-2.0
/** Key Vault's securewrapkey and secureunwrapkey: data keys that attested environments alone get to see. */

import { constants, createPublicKey, publicEncrypt, X509Certificate } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { sha256, toBase64url } from "@strongroom/core";
import { compactVerify, decodeProtectedHeader } from "jose";
import { hostOf } from "./fixtures/names.ts";
import { payloadOf, type ReleasingVault, startReleasingVault } from "./fixtures/releasing-vault.ts";
import { bytesOf, oaep, type SecureWrapping, secureWrapping } from "./fixtures/secure-wrapping.ts";
import { traceOf } from "./fixtures/stored.ts";

describe("a data key", () => {
  let vault: ReleasingVault;
  let keys: SecureWrapping;
  beforeAll(async () => {
    vault = await startReleasingVault();
    keys = secureWrapping(vault);
  }, 90_000);
  afterAll(async () => {
    await vault[Symbol.asyncDispose]();
  });

  const call: ReleasingVault["call"] = (...args) => vault.call(...args);

  it.each<readonly [string, string]>([
    ["RSA", oaep],
    ["RSA-HSM", oaep],
    ...["A256KW", "A256KWPAD", "CKM_AES_KEY_WRAP", "CKM_AES_KEY_WRAP_PAD"].flatMap(
      (alg) =>
        [
          ["oct", alg],
          ["oct-HSM", alg],
        ] as const,
    ),
  ])(
    "of a key of type %s by %s is the attested environment's alone",
    async (kty, alg) => {
      const name = `${kty}-${alg}`.replaceAll("_", "-");
      const { kid } = await keys.make(name, kty);
      const wrapped = await keys.wrap(name, alg);
      expect(wrapped).toEqual({ kid, alg, value: expect.stringMatching(/^[\w-]+$/) });
      expect((await keys.wrap(name, alg)).value).not.toBe(wrapped.value);
      const answer = await keys.unwrap(`/keys/${name}`, { alg, value: wrapped.value });
      expect(answer.status).toBe(200);
      expect(answer.body).toEqual({ kid, alg, value: expect.any(String) });
      const key = keys.open(answer);
      expect(key).toHaveLength(32);
      const again = await keys.unwrap(kid.slice(kid.indexOf("/keys/")), wrapped, {
        enc: "RSA_AES_KEY_WRAP_384",
      });
      expect(keys.open(again)).toEqual(key);
      for (const [verb, body] of [
        ["unwrapkey", { alg, value: wrapped.value }],
        ["decrypt", { alg: alg === oaep ? alg : "A256CBC", value: wrapped.value }],
        ["release", { target: await vault.maa.token() }],
      ] as const) {
        const { status, body: refused } = await call("POST", `/keys/${name}/${verb}`, body);
        expect([status, refused.error.innererror]).toEqual([
          403,
          { code: "OperationNotPermitted" },
        ]);
      }
    },
    60_000,
  );

  it("of whoever has the public key comes back as it was", async () => {
    for (const kty of ["RSA", "RSA-HSM"]) {
      const { n, e } = await keys.make(`outside-${kty}`, kty);
      const key = createPublicKey({ key: { kty: "RSA", n, e }, format: "jwk" });
      for (const [length, status] of [
        [16, 200],
        [32, 200],
        [20, 400],
        [64, 400],
      ] as const) {
        const plain = Buffer.alloc(length, length);
        const padding = constants.RSA_PKCS1_OAEP_PADDING;
        const wrapped = publicEncrypt({ key, padding, oaepHash: "sha256" }, plain);
        const value = wrapped.toString("base64url");
        const answer = await keys.unwrap(`/keys/outside-${kty}`, { alg: oaep, value });
        expect([answer.status, status === 200 && keys.open(answer).equals(plain)]).toEqual([
          ...[status, status === 200],
        ]);
      }
    }
  }, 60_000);

  it("comes in the envelope of a release, which says what was asked", async () => {
    const { kid } = await keys.make("envelope", "RSA-HSM");
    const { value } = await keys.wrap("envelope");
    const answer = await keys.unwrap("/keys/envelope", { alg: oaep, value }, { nonce: "n" });
    const envelope = bytesOf(answer.body.value).toString();
    const { x5c = [], alg, typ } = decodeProtectedHeader(envelope);
    const [leaf, root] = x5c.map((der) => new X509Certificate(Buffer.from(der, "base64")));
    expect([alg, typ, leaf?.checkHost(hostOf("keys"))]).toEqual(["RS256", "JWT", hostOf("keys")]);
    expect(root?.raw).toEqual(new X509Certificate(vault.installation.ca()).raw);
    const { payload } = await compactVerify(envelope, leaf?.publicKey ?? Buffer.of());
    expect(JSON.parse(Buffer.from(payload).toString())).toEqual({
      request: {
        ...{ "api-version": "7.4", enc: "CKM_RSA_AES_KEY_WRAP", alg: oaep, value, nonce: "n" },
        kid: `https://${hostOf("keys")}/keys/envelope`,
      },
      response: { kid, key: { key: { kty: "oct", key_hsm: expect.any(String) } } },
    });
  });

  it("leaves a record and a receipt that name it, and only by its digest", async () => {
    const { kid } = await keys.make("recorded", "oct-HSM");
    const { value } = await keys.wrap("recorded", "A256KW");
    const unwrapped = toBase64url(sha256(bytesOf(value)));
    const { result, leaves } = await traceOf(vault.installation.folders.storeFile, () =>
      keys.unwrap("/keys/recorded", { alg: "A256KW", value }),
    );
    expect(leaves.map(({ event }) => event)).toMatchObject([
      {
        ...{ operationName: "KeySecureUnwrap", resultType: "Success" },
        properties: { unwrapped, algorithm: "A256KW", version: kid.slice(-32) },
      },
    ]);
    expect(payloadOf(String(result.headers["x-strongroom-receipt"]))).toMatchObject({
      ...{ object: kid, unwrapped, policies: [expect.any(String)] },
    });
  });

  it("is unwrapped by the version that wrapped it, after a rotation, its end, and a restore", async () => {
    const { kid } = await keys.make("turned", "RSA-HSM", { attributes: { exp: 2_000_000_000 } });
    const { value } = await keys.wrap("turned");
    const wrapped = { alg: oaep, value };
    const old = kid.slice(kid.indexOf("/keys/"));
    const key = keys.open(await keys.unwrap(old, wrapped));
    expect((await call("POST", "/keys/turned/rotate")).status).toBe(200);
    expect((await keys.unwrap("/keys/turned", wrapped)).status).toBe(400);
    expect((await call("PATCH", old, { attributes: { exp: 1 } })).status).toBe(200);
    expect(keys.open(await keys.unwrap(old, wrapped))).toEqual(key);
    expect((await call("POST", `${old}/securewrapkey`, { alg: oaep })).status).toBe(403);
    const backup = (await call("POST", "/keys/turned/backup")).body.value;
    await call("DELETE", "/keys/turned");
    await call("DELETE", "/deletedkeys/turned");
    expect((await call("POST", "/keys/restore", { value: backup })).status).toBe(200);
    expect(keys.open(await keys.unwrap(old, wrapped))).toEqual(key);
  }, 60_000);
});
