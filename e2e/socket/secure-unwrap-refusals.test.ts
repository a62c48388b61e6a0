// SPDX-License-Identifier: Apache-2.0
/** Each way to have a data key without the attestation that it asks for. */

import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { expectRefused } from "./fixtures/refusal.ts";
import { type ReleasingVault, startReleasingVault } from "./fixtures/releasing-vault.ts";
import {
  encodePolicy,
  oaep,
  type SecureWrapping,
  secureOperations,
  secureWrapping,
} from "./fixtures/secure-wrapping.ts";
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

  it.each<[string, string, () => Promise<object>]>([
    [
      "another environment",
      "PolicyDenied",
      async () => ({ target: await vault.maa.token({ "x-ms-attestation-type": "sgx" }) }),
    ],
    [
      "an old token",
      "TargetExpired",
      async () => ({ target: await vault.maa.token({ exp: 1_000_000_000 }) }),
    ],
    [
      "another issuer",
      "TargetInvalid",
      async () => ({ target: await vault.maa.token({ iss: "https://other.example" }) }),
    ],
    ["no token", "TargetInvalid", async () => ({ target: "a.b.c" })],
    [
      "a machine that a debugger reads, by silence",
      "PolicyDenied",
      async () => ({ target: await vault.maa.token({ "x-ms-sevsnpvm-is-debuggable": true }) }),
    ],
  ])("is refused to %s, recorded, and leaves nothing", async (name, code, change) => {
    const key = `refused-${name.replace(/[^a-z]/g, "-")}`;
    await keys.make(key, "oct-HSM");
    const { value } = await keys.wrap(key, "A256KW");
    const wrapped = { alg: "A256KW", value };
    const changed = await change();
    await expectRefused(
      vault.installation.folders.storeFile,
      () => keys.unwrap(`/keys/${key}`, wrapped, changed),
      { code: code as "PolicyDenied", operation: "KeySecureUnwrap" },
    );
    expect((await keys.unwrap(`/keys/${key}`, wrapped)).status).toBe(200);
  });

  it("is refused for keys that are disabled, not there, or of another kind, and without a role", async () => {
    const { storeFile } = vault.installation.folders;
    await call("POST", "/keys/plain/create", { kty: "oct-HSM" });
    await keys.make("mine", "oct-HSM");
    const { value } = await keys.wrap("mine", "A256KW");
    await keys.make("off", "oct-HSM", { attributes: { enabled: false } });
    for (const [name, code, subject] of [
      ["plain", "OperationNotPermitted", "officer"],
      ["off", "ObjectDisabled", "officer"],
      ["none", "NotFound", "officer"],
      ["mine", "Forbidden", "nobody"],
    ] as const) {
      const wrapped = { alg: "A256KW", value };
      await expectRefused(storeFile, () => keys.unwrap(`/keys/${name}`, wrapped, {}, subject), {
        ...{ code, operation: "KeySecureUnwrap" },
      });
    }
    expect((await call("POST", "/keys/plain/securewrapkey", { alg: "A256KW" })).status).toBe(403);
    expect((await keys.unwrap("/keys/mine", { alg: "A128KW", value })).status).toBe(400);
    expect((await keys.unwrap("/keys/mine", { alg: "A256GCM", value })).status).toBe(400);
    expect((await call("POST", "/keys/mine/secureunwrapkey", { value })).status).toBe(400);
  });

  it("that the key did not wrap is given to nobody, and a second record says so", async () => {
    const { storeFile } = vault.installation.folders;
    for (const [kty, alg] of [
      ["RSA", oaep],
      ["RSA-HSM", oaep],
      ["oct", "A256KW"],
      ["oct-HSM", "A256KW"],
    ] as const) {
      await keys.make(`one-${kty}`, kty);
      await keys.make(`two-${kty}`, kty);
      const { value } = await keys.wrap(`two-${kty}`, alg);
      const { result, leaves } = await traceOf(storeFile, () =>
        keys.unwrap(`/keys/one-${kty}`, { alg, value }),
      );
      expect([result.status, result.body.error.innererror.code]).toEqual([400, "BadParameter"]);
      expect(leaves.map(({ event }) => event)).toMatchObject([
        { operationName: "KeySecureUnwrap", resultType: "Success" },
        {
          ...{ operationName: "KeySecureUnwrap", resultType: "Failure" },
          properties: { undone: { log: leaves[0]?.log, index: leaves[0]?.index } },
        },
      ]);
    }
  }, 60_000);

  it("is wrapped by keys alone that were made for it, with a policy, and for nothing that would show it", async () => {
    for (const [name, kty, change] of [
      ["no-policy", "oct-HSM", { release_policy: undefined }],
      ["exportable", "oct-HSM", { attributes: { exportable: true } }],
      ["one", "oct-HSM", { key_ops: ["secureUnwrapKey"] }],
      ["other", "RSA", { key_ops: ["secureWrapKey"] }],
      ["unwraps", "oct", { key_ops: [...secureOperations, "unwrapKey"] }],
      ["decrypts", "RSA-HSM", { key_ops: [...secureOperations, "decrypt"] }],
      ["encrypts", "oct", { key_ops: [...secureOperations, "encrypt"] }],
      ["curve", "EC", {}],
      ["no-ops", "oct", { key_ops: ["wrapKey", "unwrapKey"] }],
    ] as const) {
      expect([name, (await keys.create(name, kty, change)).status]).toEqual([name, 400]);
    }
    await keys.make("wraps", "RSA", { key_ops: [...secureOperations, "wrapKey"] });
    const value = Buffer.alloc(32, 3).toString("base64url");
    const wrapped = (await call("POST", "/keys/wraps/wrapkey", { alg: oaep, value })).body;
    const answer = await keys.unwrap("/keys/wraps", { alg: oaep, value: wrapped.value });
    expect(keys.open(answer)).toEqual(Buffer.alloc(32, 3));
  });

  it.each(["oct", "oct-HSM", "RSA"])(
    "of a key of type %s stays so, whoever changes the key",
    async (kty) => {
      const path = `/keys/change-${kty.toLowerCase()}`;
      await keys.make(path.slice(6), kty);
      const patch = async (key_ops: readonly string[]) =>
        (await call("PATCH", path, { key_ops })).status;
      expect(await patch(["unwrapKey"])).toBe(400);
      expect(await patch([...secureOperations, "decrypt"])).toBe(400);
      expect(await patch(["secureUnwrapKey"])).toBe(200);
      expect((await call("POST", `${path}/securewrapkey`, { alg: oaep })).status).toBe(403);
      expect(await patch([])).toBe(200);
      expect(await patch(["unwrapKey", "wrapKey"])).toBe(400);
      expect(await patch(secureOperations)).toBe(200);
      const plain = `/keys/plain-${kty.toLowerCase()}`;
      await call("POST", `${plain}/create`, { kty });
      expect((await call("PATCH", plain, { key_ops: secureOperations })).status).toBe(400);
    },
  );

  it("needs every KeyReleasePolicy besides the key's own, for good, and is wrapped all the same", async () => {
    const selector = { name: "cluster", kinds: ["keys" as const], names: ["governed"] };
    await vault.govern(selector);
    await keys.make("governed", "oct-HSM");
    const { value } = await keys.wrap("governed", "A256KW");
    const wrapped = { alg: "A256KW", value };
    const outcome = async () => {
      const { status, body } = await keys.unwrap("/keys/governed", wrapped);
      return [status, body.error?.innererror.code];
    };
    expect(await outcome()).toEqual([200, undefined]);
    await vault.govern({ ...selector, version: "2.0" });
    expect(await outcome()).toEqual([403, "PolicyDenied"]);
    await vault.govern(selector);
    await vault.ungovern("cluster");
    expect(await outcome()).toEqual([403, "PolicyDenied"]);
    const change = { release_policy: encodePolicy({ claim: "x-ms-runtime", exists: true }) };
    expect((await call("PATCH", "/keys/governed", change)).status).toBe(200);
    expect(await outcome()).toEqual([403, "PolicyDenied"]);
  });
});
