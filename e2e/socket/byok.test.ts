// SPDX-License-Identifier: Apache-2.0
/** Keys that arrive wrapped for the HSM: the vault never sees them, and takes only what was meant for it. */

import { createHash, generateKeyPairSync, type KeyObject, randomBytes, verify } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { type ExchangeKey, transferBlob, transfers } from "./fixtures/byok.ts";
import { type Installation, startInstallation } from "./fixtures/installation.ts";
import { decode, encode, keyCalls } from "./fixtures/key-vault-calls.ts";
import { rolesOfOfficer } from "./fixtures/roles-of-officer.ts";

describe("bring your own key", () => {
  let installation: Installation;
  let exchange: ExchangeKey;
  const { send, create, operate } = keyCalls(() => installation, "shop");
  const other = keyCalls(() => installation, "other");

  const exchangeKey = async (calls: typeof other, bits = 2048): Promise<ExchangeKey> => {
    const path = await calls.create("exchange", {
      ...{ kty: "RSA-HSM", key_size: bits, key_ops: ["import"] },
    });
    const { key } = (await calls.send("GET", path)).body;
    return { kid: key.kid, n: key.n, e: key.e };
  };

  beforeAll(async () => {
    installation = await startInstallation();
    const roleAssignments = rolesOfOfficer(installation);
    for (const name of ["shop", "other"]) {
      await installation.putVault({ name, spec: { roleAssignments } });
    }
    exchange = await exchangeKey(keyCalls(() => installation, "shop"));
  }, 60_000);
  afterAll(async () => {
    await installation[Symbol.asyncDispose]();
  });

  const pkcs8 = (key: KeyObject): Uint8Array => key.export({ format: "der", type: "pkcs8" });
  const take = (name: string, key: object) => send("PUT", `/keys/${name}`, { key });
  const digest = createHash("sha256").update("message").digest();

  it.each(Object.keys(transfers) as (keyof typeof transfers)[])(
    "takes in an EC key by %s",
    async (enc) => {
      const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
      const key_hsm = transferBlob(exchange, pkcs8(privateKey), enc);
      const { status, body } = await take("ec", { kty: "EC-HSM", crv: "P-256", key_hsm });
      expect([status, body.key.kty, body.key.x]).toEqual([
        200,
        "EC-HSM",
        publicKey.export({ format: "jwk" }).x,
      ]);
      const signed = await operate("/keys/ec", "sign", { alg: "ES256", value: encode(digest) });
      const key = { key: publicKey, dsaEncoding: "ieee-p1363" } as const;
      expect(verify("sha256", Buffer.from("message"), key, decode(signed.body.value))).toBe(true);
    },
  );

  it.each([2048, 3072, 4096])(
    "takes in an RSA key of %i bits, whose length nobody said",
    async (bits) => {
      const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: bits });
      const key_hsm = transferBlob(exchange, pkcs8(privateKey));
      const { status, body } = await take("rsa", { kty: "RSA-HSM", key_ops: ["sign"], key_hsm });
      expect([status, body.key.n]).toEqual([200, publicKey.export({ format: "jwk" }).n]);
      const signed = await operate("/keys/rsa", "sign", { alg: "RS256", value: encode(digest) });
      expect(verify("sha256", Buffer.from("message"), publicKey, decode(signed.body.value))).toBe(
        true,
      );
    },
  );

  it("takes in an AES key, which then wraps as it does elsewhere", async () => {
    const secret = randomBytes(32);
    const key_hsm = transferBlob(exchange, secret);
    expect((await take("oct", { kty: "oct-HSM", key_hsm })).status).toBe(200);
    await other.import("oct", { kty: "oct", k: encode(secret) });
    const value = encode(randomBytes(24));
    const here = await operate("/keys/oct", "wrapkey", { alg: "A256KW", value });
    const there = await other.operate("/keys/oct", "unwrapkey", {
      alg: "A256KW",
      value: here.body.value,
    });
    expect(there.body.value).toBe(value);
  });

  it("takes in nothing that was changed, cut, or wrapped for another key", async () => {
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
    const blob = transferBlob(exchange, pkcs8(privateKey));
    const json = JSON.parse(Buffer.from(blob, "base64url").toString());
    const ciphertext = Buffer.from(json.ciphertext, "base64url");
    const changed = Buffer.from(ciphertext);
    changed[changed.length - 3] = (changed[changed.length - 3] ?? 0) ^ 1;
    const elsewhere = await exchangeKey(other);
    const [current] = [await exchangeKey(keyCalls(() => installation, "shop"))];
    for (const wrong of [
      { ...json, ciphertext: changed.toString("base64url") },
      { ...json, ciphertext: ciphertext.subarray(0, 200).toString("base64url") },
      { ...json, header: { ...json.header, kid: current?.kid } },
      { ...json, header: { ...json.header, kid: elsewhere.kid } },
      { ...json, header: { ...json.header, enc: "A256KW" } },
      { ...json, header: { ...json.header, kid: "exchange" } },
      { ...json, schema_version: "2.0" },
    ]) {
      const key_hsm = Buffer.from(JSON.stringify(wrong)).toString("base64url");
      const { status, body } = await take("refused", { kty: "EC-HSM", crv: "P-256", key_hsm });
      expect([status, body.error.code]).toEqual([400, "BadParameter"]);
    }
    expect((await send("GET", "/keys/refused")).status).toBe(404);
  });

  it("takes in nothing as another type than it is", async () => {
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "secp384r1" });
    const key_hsm = transferBlob(exchange, pkcs8(privateKey));
    for (const key of [
      { kty: "EC-HSM", crv: "P-256", key_hsm },
      { kty: "RSA-HSM", key_hsm },
      { kty: "oct-HSM", key_hsm },
      { kty: "EC-HSM", key_hsm },
    ]) {
      expect((await take("mistyped", key)).status).toBe(400);
    }
  });

  it("an exchange key does nothing but import, and no other key does", async () => {
    const decrypted = await operate("/keys/exchange", "decrypt", {
      alg: "RSA-OAEP-256",
      value: encode(randomBytes(256)),
    });
    expect(decrypted.body.error.innererror.code).toBe("OperationNotPermitted");
    const path = await create("ordinary", { kty: "RSA-HSM" });
    const { key } = (await send("GET", path)).body;
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
    const key_hsm = transferBlob(key, pkcs8(privateKey));
    const { status, body } = await take("by-ordinary", { kty: "EC-HSM", crv: "P-256", key_hsm });
    expect([status, body.error.innererror.code]).toEqual([403, "OperationNotPermitted"]);
  });
});
