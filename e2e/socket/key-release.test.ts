// SPDX-License-Identifier: Apache-2.0
/** Release of keys by Azure's own route: each type, place and wrapping, and the envelope's exact form. */

import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  X509Certificate,
} from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { compactVerify, decodeProtectedHeader } from "jose";
import { thumbprint, type Wrapping } from "./fixtures/attestation-issuer.ts";
import { hostOf } from "./fixtures/names.ts";
import { policyFor } from "./fixtures/releasing-vault.ts";
import { encode, policy, useReleasingVault } from "./fixtures/use-releasing-vault.ts";

const wrappings: readonly Wrapping[] = [
  "CKM_RSA_AES_KEY_WRAP",
  "RSA_AES_KEY_WRAP_256",
  "RSA_AES_KEY_WRAP_384",
];
const types = ["RSA", "EC", "oct", "RSA-HSM", "EC-HSM", "oct-HSM"];

describe("the release of a key", () => {
  const now = useReleasingVault();

  it.each(types.flatMap((type) => wrappings.map((enc) => [type, enc] as const)))(
    "gives a key of type %s by %s to the attested environment",
    async (kty, enc) => {
      const name = `${kty}-${enc}`.replaceAll("_", "-");
      const made = await now.make(name, kty);
      const { value } = (await now.vault.release(`/keys/${name}`, { enc })).body;
      const { response } = JSON.parse(Buffer.from(value.split(".")[1], "base64url").toString());
      const blob = JSON.parse(Buffer.from(response.key.key.key_hsm, "base64url").toString());
      expect(blob).toEqual({
        schema_version: "1.0",
        header: { kid: "TpmEphemeralEncryptionKey", alg: "dir", enc },
        ciphertext: expect.stringMatching(/^[\w-]+$/),
      });
      const opened = now.vault.maa.unwrap(Buffer.from(blob.ciphertext, "base64url"), enc);
      if (kty.startsWith("oct")) {
        expect(opened).toHaveLength(32);
        return;
      }
      const key = createPrivateKey({ key: opened, format: "der", type: "pkcs8" });
      const jwk = createPublicKey(key).export({ format: "jwk" });
      const { kid: _kid, key_ops: _ops, kty: type, ...numbers } = made;
      expect(jwk).toEqual({ ...numbers, kty: type.replace("-HSM", "") });
    },
    60_000,
  );

  it("is an envelope in Azure's form, signed in the vault's name", async () => {
    const attributes = { exportable: true, nbf: 1, exp: 2 };
    const made = await now.make("envelope", "RSA-HSM", { attributes, tags: { a: "b" } });
    const [, version] = /\/([0-9a-f]{32})$/.exec(made.kid) ?? [];
    const { status, body } = await now.vault.release(`/keys/envelope/${version}`, { nonce: "n" });
    // What is before nbf or after exp is released all the same, as in Azure.
    expect([status, Object.keys(body)]).toEqual([200, ["value"]]);
    const { value } = body;
    expect(value).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
    const header = decodeProtectedHeader(value);
    const [leaf, root] = (header.x5c ?? []).map(
      (der) => new X509Certificate(Buffer.from(der, "base64")),
    );
    expect(header).toEqual({
      ...{ alg: "RS256", typ: "JWT", kid: expect.any(String), x5c: expect.any(Array) },
      x5t: thumbprint(leaf?.raw ?? Buffer.of(), "sha1"),
      "x5t#S256": thumbprint(leaf?.raw ?? Buffer.of(), "sha256"),
    });
    expect(leaf?.checkHost(hostOf("keys"))).toBe(hostOf("keys"));
    expect(leaf?.checkHost(hostOf("other"))).toBeUndefined();
    expect(root?.raw).toEqual(new X509Certificate(now.vault.installation.ca()).raw);
    expect(leaf?.verify(createPublicKey(now.vault.installation.ca()))).toBe(true);
    const { payload } = await compactVerify(value, leaf?.publicKey ?? Buffer.of());
    const { kid, kty, key_ops, n, e } = made;
    expect(JSON.parse(Buffer.from(payload).toString())).toEqual({
      request: { "api-version": "7.4", enc: "CKM_RSA_AES_KEY_WRAP", kid, nonce: "n" },
      response: {
        key: {
          key: { kid, kty, key_ops, n, e, key_hsm: expect.any(String) },
          attributes: {
            ...{ enabled: true, nbf: 1, exp: 2, exportable: true },
            ...{ created: expect.any(Number), updated: expect.any(Number) },
            ...{ recoveryLevel: "Recoverable+Purgeable", recoverableDays: 90 },
          },
          tags: { a: "b" },
          release_policy: { data: encode(policy), immutable: false },
        },
      },
    });
  });

  it("has a policy in any base64, and later versions that of the version before them", async () => {
    const other = policyFor({ claim: "x-ms-ver", equals: "1.0" });
    const data = Buffer.from(JSON.stringify(other)).toString("base64");
    expect(data).toMatch(/=$/);
    const first = await now.make("next", "EC", { release_policy: { data, immutable: true } });
    const second = await now.make("next", "EC", { release_policy: undefined });
    const { body } = await now.vault.call("GET", "/keys/next");
    expect([first.kid === second.kid, body.key.kid]).toEqual([false, second.kid]);
    expect(body.release_policy).toMatchObject({ data: encode(other), immutable: true });
    expect((await now.vault.release("/keys/next")).status).toBe(200);
    const k = Buffer.alloc(32, 1).toString("base64url");
    const imported = { key: { kty: "oct", k: `${k}=` }, attributes: { exportable: true } };
    const put = async (name: string, change: object) =>
      await now.vault.call("PUT", `/keys/${name}`, { ...imported, ...change });
    expect((await put("next", {})).body.release_policy).toEqual(body.release_policy);
    // The policy is not that of a key which is no longer there, or was not exportable.
    expect((await put("none", {})).status).toBe(400);
    await now.vault.call("POST", "/keys/kept/create", { kty: "EC" });
    expect((await put("kept", {})).status).toBe(400);
    await now.vault.call("DELETE", "/keys/next");
    await now.vault.call("DELETE", "/deletedkeys/next");
    expect((await put("next", {})).status).toBe(400);
    // Azure's own tools write `hsm`.
    const inHsm = await put("tool", { hsm: true, release_policy: { data } });
    expect(inHsm.body.key.kty).toBe("oct-HSM");
  });

  it("takes tokens as long as authorities make them that repeat what they were shown", async () => {
    await now.make("long", "EC");
    const tokenOf = (characters: number) =>
      now.vault.maa.token({ "maa-ehd": "A".repeat(characters) });
    const [long, tooLong] = [await tokenOf(46_000), await tokenOf(50_000)];
    expect([long.length > 60_000, tooLong.length > 65_536]).toEqual([true, true]);
    expect((await now.vault.release("/keys/long", { target: long })).status).toBe(200);
    expect((await now.vault.release("/keys/long", { target: tooLong })).status).toBe(400);
  });

  it("takes the first key of the token that is for encryption, and none from below", async () => {
    await now.make("which", "oct");
    const other = generateKeyPairSync("rsa", { modulusLength: 2048 }).publicKey;
    const otherJwk = { ...other.export({ format: "jwk" }), kid: "HCLAkPub" };
    const { key_ops: _ops, ...plain } = now.vault.maa.jwk as { readonly key_ops: unknown };
    const runtime = (...keys: readonly object[]) => ({ "x-ms-runtime": { keys } });
    for (const [claims, status] of [
      [runtime({ ...otherJwk, key_ops: ["verify"] }, now.vault.maa.jwk, otherJwk), 200],
      [runtime(otherJwk, { ...plain, key_use: "enc" }), 200],
      [runtime({ ...otherJwk, use: "sig" }, { ...plain, use: "enc" }), 200],
      [runtime(otherJwk, { ...plain, key_use: "enc", key_ops: ["wrapKey"] }, otherJwk), 200],
      [runtime(otherJwk), 400],
      [runtime({ ...now.vault.maa.jwk, kid: undefined }), 400],
      [{ "x-ms-runtime": {}, "x-ms-isolation-tee": runtime(now.vault.maa.jwk) }, 400],
    ] as const) {
      const target = await now.vault.maa.token(claims);
      const answer = await now.vault.release("/keys/which", { target });
      expect(answer.status).toBe(status);
      if (status === 200) {
        const [, payload] = answer.body.value.split(".");
        const { response } = JSON.parse(Buffer.from(payload, "base64url").toString());
        const blob = JSON.parse(Buffer.from(response.key.key.key_hsm, "base64url").toString());
        expect(
          now.vault.maa.unwrap(Buffer.from(blob.ciphertext, "base64url"), blob.header.enc),
        ).toHaveLength(32);
      }
    }
  });
});
