// SPDX-License-Identifier: Apache-2.0
/** Release of keys by Azure's own route: each type, place and wrapping, the envelope's exact form, and what is refused. */

import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  X509Certificate,
} from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { compactVerify, decodeProtectedHeader } from "jose";
import {
  type AttestationIssuer,
  thumbprint,
  type Wrapping,
} from "./fixtures/attestation-issuer.ts";
import type { Installation } from "./fixtures/installation.ts";
import { hostOf } from "./fixtures/names.ts";
import { expectRefused } from "./fixtures/refusal.ts";
import { policyFor, type ReleasingVault, startReleasingVault } from "./fixtures/releasing-vault.ts";

const wrappings: readonly Wrapping[] = [
  "CKM_RSA_AES_KEY_WRAP",
  "RSA_AES_KEY_WRAP_256",
  "RSA_AES_KEY_WRAP_384",
];
const types = ["RSA", "EC", "oct", "RSA-HSM", "EC-HSM", "oct-HSM"];
const policy = policyFor({ claim: "x-ms-attestation-type", equals: "sevsnpvm" });
const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");

describe("the release of a key", () => {
  let vault: ReleasingVault;
  let maa: AttestationIssuer;
  let installation: Installation;
  beforeAll(async () => {
    vault = await startReleasingVault();
    ({ maa, installation } = vault);
  }, 60_000);
  afterAll(async () => {
    await vault[Symbol.asyncDispose]();
  });

  const call: ReleasingVault["call"] = (...args) => vault.call(...args);
  const release: ReleasingVault["release"] = (...args) => vault.release(...args);
  const make = async (name: string, kty: string, change: object = {}) => {
    const made = await call("POST", `/keys/${name}/create`, {
      ...{ kty, attributes: { exportable: true }, release_policy: { data: encode(policy) } },
      ...change,
    });
    expect(made.status).toBe(200);
    return made.body.key;
  };
  it.each(types.flatMap((type) => wrappings.map((enc) => [type, enc] as const)))(
    "gives a key of type %s by %s to the attested environment",
    async (kty, enc) => {
      const name = `${kty}-${enc}`.replaceAll("_", "-");
      const made = await make(name, kty);
      const { value } = (await release(`/keys/${name}`, { enc })).body;
      const { response } = JSON.parse(Buffer.from(value.split(".")[1], "base64url").toString());
      const blob = JSON.parse(Buffer.from(response.key.key.key_hsm, "base64url").toString());
      expect(blob).toEqual({
        schema_version: "1.0",
        header: { kid: "TpmEphemeralEncryptionKey", alg: "dir", enc },
        ciphertext: expect.stringMatching(/^[\w-]+$/),
      });
      const opened = maa.unwrap(Buffer.from(blob.ciphertext, "base64url"), enc);
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
    const made = await make("envelope", "RSA-HSM", { attributes, tags: { a: "b" } });
    const [, version] = /\/([0-9a-f]{32})$/.exec(made.kid) ?? [];
    const { status, body } = await release(`/keys/envelope/${version}`, { nonce: "n" });
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
    expect(root?.raw).toEqual(new X509Certificate(installation.ca()).raw);
    expect(leaf?.verify(createPublicKey(installation.ca()))).toBe(true);
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

  it("takes the first key of the token that is for encryption, and none from below", async () => {
    await make("which", "oct");
    const other = generateKeyPairSync("rsa", { modulusLength: 2048 }).publicKey;
    const otherJwk = { ...other.export({ format: "jwk" }), kid: "HCLAkPub" };
    const { key_ops: _ops, ...plain } = maa.jwk as { readonly key_ops: unknown };
    const runtime = (...keys: readonly object[]) => ({ "x-ms-runtime": { keys } });
    for (const [claims, status] of [
      [runtime({ ...otherJwk, key_ops: ["verify"] }, maa.jwk, otherJwk), 200],
      [runtime(otherJwk, { ...plain, key_use: "enc" }), 200],
      [runtime({ ...otherJwk, use: "sig" }, { ...plain, use: "enc" }), 200],
      [runtime(otherJwk), 400],
      [runtime({ ...maa.jwk, kid: undefined }), 400],
      [{ "x-ms-runtime": {}, "x-ms-isolation-tee": runtime(maa.jwk) }, 400],
    ] as const) {
      const target = await maa.token(claims);
      const answer = await release("/keys/which", { target });
      expect(answer.status).toBe(status);
      if (status === 200) {
        const [, payload] = answer.body.value.split(".");
        const { response } = JSON.parse(Buffer.from(payload, "base64url").toString());
        const blob = JSON.parse(Buffer.from(response.key.key.key_hsm, "base64url").toString());
        expect(maa.unwrap(Buffer.from(blob.ciphertext, "base64url"), blob.header.enc)).toHaveLength(
          32,
        );
      }
    }
  });

  it.each<[string, string, () => Promise<object>]>([
    [
      "another environment",
      "PolicyDenied",
      async () => ({ target: await maa.token({ "x-ms-attestation-type": "sgx" }) }),
    ],
    [
      "an old token",
      "TargetExpired",
      async () => ({ target: await maa.token({ exp: 1_000_000_000 }) }),
    ],
    [
      "another issuer",
      "TargetInvalid",
      async () => ({ target: await maa.token({ iss: "https://other.example" }) }),
    ],
    [
      "an unknown key",
      "TargetInvalid",
      async () => ({ target: await maa.token({}, { kid: "other" }) }),
    ],
    ["no token", "TargetInvalid", async () => ({ target: "a.b.c" })],
    [
      "a machine that a debugger reads, by silence",
      "PolicyDenied",
      async () => ({ target: await maa.token({ "x-ms-sevsnpvm-is-debuggable": true }) }),
    ],
  ])("is refused to %s, recorded, and leaves nothing", async (name, code, change) => {
    const key = `refused-${name.replace(/[^a-z]/g, "-")}`;
    await make(key, "EC");
    const body = await change();
    await expectRefused(installation.folders.storeFile, () => release(`/keys/${key}`, body), {
      code: code as "PolicyDenied",
      operation: "KeyRelease",
    });
  });

  it("is refused for keys that are not exportable, disabled, or not there, and without a role", async () => {
    const { storeFile } = installation.folders;
    await call("POST", "/keys/kept/create", { kty: "EC" });
    await make("off", "EC", { attributes: { exportable: true, enabled: false } });
    await make("mine", "EC");
    for (const [name, code, subject] of [
      ["kept", "OperationNotPermitted", "officer"],
      ["off", "ObjectDisabled", "officer"],
      ["none", "NotFound", "officer"],
      ["mine", "Forbidden", "nobody"],
    ] as const) {
      await expectRefused(storeFile, () => release(`/keys/${name}`, {}, subject), {
        ...{ code, operation: "KeyRelease" },
      });
    }
    expect((await release("/keys/mine", { enc: "RSA1_5" })).status).toBe(400);
    expect((await call("POST", "/keys/mine/release", {})).status).toBe(400);
    expect((await release("/keys/mine")).status).toBe(200);
  });

  it("needs every KeyReleasePolicy besides the key's own", async () => {
    await make("governed", "RSA");
    const put = (version: string) =>
      vault.govern({ name: "cluster", kinds: ["keys"], names: ["governed"], version });
    await put("2.0");
    expect((await release("/keys/governed")).body.error).toMatchObject({
      code: "Forbidden",
      innererror: { code: "PolicyDenied" },
    });
    await put("1.0");
    expect((await release("/keys/governed")).status).toBe(200);
  });

  it("keeps an immutable policy, through deletion and recovery too", async () => {
    await make("fixed", "EC", { release_policy: { data: encode(policy), immutable: true } });
    const other = { ...policy, version: "0.2" };
    const patch = async () =>
      (await call("PATCH", "/keys/fixed", { release_policy: { data: encode(other) } })).status;
    expect(await patch()).toBe(409);
    expect((await call("DELETE", "/keys/fixed")).status).toBe(200);
    expect((await call("POST", "/deletedkeys/fixed/recover")).status).toBe(200);
    expect(await patch()).toBe(409);
    expect((await release("/keys/fixed")).status).toBe(200);
  });
});
