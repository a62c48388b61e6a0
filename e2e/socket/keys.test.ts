// SPDX-License-Identifier: Apache-2.0
/** Keys at the socket, without a client that checks first: windows, operations, governance, opt-ins, audit, ML-DSA. */

import { generateKeyPairSync, randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { Answer } from "./fixtures/exchange.ts";
import { type Installation, startInstallation } from "./fixtures/installation.ts";
import { digest, every, inner, outcomesOf, prepare } from "./fixtures/key-outcomes.ts";
import { encode, keyCalls } from "./fixtures/key-vault-calls.ts";
import { rolesOfOfficer } from "./fixtures/roles-of-officer.ts";
import { traceOf } from "./fixtures/stored.ts";

const kinds = ["RSA", "RSA-HSM"] as const;

describe("keys of a vault", () => {
  let installation: Installation;
  let uid = "";
  const shop = keyCalls(() => installation, "shop");
  const { send, create, operate, import: importKey } = shop;
  const legacy = keyCalls(() => installation, "legacy");

  beforeAll(async () => {
    installation = await startInstallation();
    const roleAssignments = rolesOfOfficer(installation);
    uid = (await installation.putVault({ name: "shop", spec: { roleAssignments } })).uid;
    const keys = { legacyAlgorithms: ["RSA1_5" as const, "RSNULL" as const] };
    await installation.putVault({ name: "legacy", spec: { roleAssignments, keys } });
  }, 60_000);
  afterAll(async () => {
    await installation[Symbol.asyncDispose]();
  });

  it.each(kinds)(
    "do what their state, window and key_ops allow, and nothing else: %s",
    async (kty) => {
      const path = await create(`window-${kty}`, { kty });
      const prepared = await prepare(shop, path);
      const change = async (body: object) =>
        expect((await send("PATCH", path, body)).status).toBe(200);
      expect(await outcomesOf(shop, path, prepared)).toEqual(every("200"));
      await change({ attributes: { exp: 1 } });
      const late = { decrypt: "200", unwrapkey: "200", verify: "200" };
      expect(await outcomesOf(shop, path, prepared)).toEqual({
        ...every("403 ObjectExpired"),
        ...late,
      });
      await change({ attributes: { exp: 253_402_300_799, nbf: 253_402_300_798 } });
      expect(await outcomesOf(shop, path, prepared)).toEqual({
        ...every("403 ObjectNotYetValid"),
        ...late,
      });
      await change({ attributes: { nbf: 1 }, key_ops: ["verify", "decrypt"] });
      const some = { decrypt: "200", verify: "200" };
      expect(await outcomesOf(shop, path, prepared)).toEqual({
        ...every("403 OperationNotPermitted"),
        ...some,
      });
      await change({ attributes: { enabled: false } });
      expect(await outcomesOf(shop, path, prepared)).toEqual(every("403 ObjectDisabled"));
      await change({ attributes: { enabled: true }, key_ops: ["sign"] });
      expect((await outcomesOf(shop, path, prepared))["sign"]).toBe("200");
    },
  );

  it("in the HSM can do no more by a change than they were made with", async () => {
    const path = await create("narrow", { kty: "RSA-HSM", key_ops: ["sign"] });
    const widened = await send("PATCH", path, { key_ops: ["sign", "decrypt"] });
    expect(inner(widened)).toBe("400 BadParameter");
  });

  it.each(kinds)(
    "that a policy governs keep what is public, and refuse what is secret: %s",
    async (kty) => {
      const name = `governed-${kty}`;
      const path = await create(name, { kty });
      const prepared = await prepare(shop, path);
      await installation.manage((client) =>
        client.putPolicy(uid, name.toLowerCase(), {
          ...{ epoch: 0, generation: 1, owner: { uid: "o" }, immutable: false },
          selector: { kinds: ["keys"], names: [name] },
          policy: {
            version: "1.0.0",
            anyOf: [{ authority: "https://a.example", allOf: [{ claim: "c", equals: "d" }] }],
          },
        }),
      );
      const open = { encrypt: "200", wrapkey: "200", verify: "200" };
      expect(await outcomesOf(shop, path, prepared)).toEqual({
        ...every("403 ReleaseRequired"),
        ...open,
      });
      const rotated = await send("POST", `/keys/${name}/rotate`);
      const again = new URL(rotated.body.key.kid).pathname;
      expect((await outcomesOf(shop, again, prepared))["sign"]).toBe("403 ReleaseRequired");
    },
  );

  it.each(kinds)(
    "use RSA1_5 and RSNULL where the vault opted in, and there alone: %s",
    async (kty) => {
      const [here, there] = [
        await create(`old-${kty}`, { kty }),
        await legacy.create(`old-${kty}`, { kty }),
      ];
      const value = encode(Buffer.from("old words"));
      for (const [operation, alg] of [
        ["encrypt", "RSA1_5"],
        ["wrapkey", "RSA1_5"],
        ["sign", "RSNULL"],
      ] as const) {
        expect(inner(await operate(here, operation, { alg, value }))).toBe("400 BadParameter");
        expect(inner(await legacy.operate(there, operation, { alg, value }))).toBe("200");
      }
      const { body } = await legacy.operate(there, "encrypt", { alg: "RSA1_5", value });
      const opened = await legacy.operate(there, "decrypt", { alg: "RSA1_5", value: body.value });
      expect(opened.body.value).toBe(value);
      const signed = await legacy.operate(there, "sign", { alg: "RSNULL", value });
      const verified = { alg: "RSNULL", digest: value, value: signed.body.value };
      expect((await legacy.operate(there, "verify", verified)).body).toEqual({ value: true });
    },
  );

  it("sign with ML-DSA in software, in a context, and refuse what cannot be done", async () => {
    const path = await create("akp", { kty: "AKP", alg: "ML-DSA-65" });
    const { key } = (await send("GET", path)).body;
    expect([key.kty, key.alg, key.key_ops]).toEqual(["AKP", "ML-DSA-65", ["sign", "verify"]]);
    const [value, context] = [encode(Buffer.from("a message")), encode(Buffer.from("here"))];
    const signed = await operate(path, "sign", { alg: "ML-DSA-65", value, context });
    const verify = async (more: object) =>
      (
        await operate(path, "verify", {
          alg: "ML-DSA-65",
          digest: value,
          value: signed.body.value,
          ...more,
        })
      ).body;
    expect([await verify({ context }), await verify({})]).toEqual([
      { value: true },
      { value: false },
    ]);
    const mu = { alg: "ML-DSA-65", value, external_mu: encode(randomBytes(64)) };
    expect(inner(await operate(path, "sign", mu))).toBe("400 BadParameter");
    expect(
      inner(await send("POST", "/keys/akp-hsm/create", { kty: "AKP-HSM", alg: "ML-DSA-65" })),
    ).toBe("400 BadParameter");
    const jwk = { ...generateKeyPairSync("ml-dsa-44", {}).privateKey.export({ format: "jwk" }) };
    const imported = await importKey("akp-import", jwk);
    expect(inner(await operate(imported, "sign", { alg: "ML-DSA-44", value }))).toBe("200");
  });

  it("are in no answer and no list with anything secret", async () => {
    const secret = randomBytes(32);
    await importKey("shown", { kty: "oct", k: encode(secret) });
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const jwk = privateKey.export({ format: "jwk" });
    await importKey("shown-rsa", { ...jwk });
    for (const path of ["/keys", "/keys/shown", "/keys/shown-rsa", "/keys/shown/versions"]) {
      const { text } = await send("GET", path);
      for (const hidden of [encode(secret), jwk.d, jwk.p, jwk.q, jwk.dp]) {
        expect(text).not.toContain(hidden);
      }
    }
  });

  it("leave a leaf for each operation, one that failed included, before it is answered", async () => {
    const path = await create("audited", { kty: "EC-HSM" });
    const { storeFile } = installation.folders;
    const leafOf = async (act: () => Promise<Answer>) => {
      const { result, leaves } = await traceOf(storeFile, act);
      const events = leaves
        .map(({ event }) => event)
        .filter(({ operationName }) => /^Key/.test(operationName));
      expect(events).toHaveLength(1);
      const { operationName, resultType, resultSignature, properties } = events[0] ?? {};
      return [result.status, operationName, resultType, resultSignature, properties?.["algorithm"]];
    };
    expect(await leafOf(() => operate(path, "sign", { alg: "ES256", value: digest }))).toEqual([
      ...[200, "KeySign", "Success", "", "ES256"],
    ]);
    const short = { alg: "ES256", value: encode(randomBytes(20)) };
    expect(await leafOf(() => operate(path, "sign", short))).toEqual([
      ...[400, "KeySign", "Failure", "BadParameter", "ES256"],
    ]);
    const oct = await create("audited-oct", { kty: "oct-HSM" });
    const sealed = {
      alg: "A256GCM",
      value: "AAAA",
      iv: encode(randomBytes(12)),
      tag: encode(randomBytes(16)),
    };
    expect(await leafOf(() => operate(oct, "decrypt", sealed))).toEqual([
      ...[400, "KeyDecrypt", "Failure", "BadParameter", "A256GCM"],
    ]);
    expect(
      await leafOf(() => send("POST", `${path}/sign`, { alg: "ES256", value: digest }, "nobody")),
    ).toEqual([...[403, "KeySign", "Failure", "Forbidden", "ES256"]]);
  });
});
