// SPDX-License-Identifier: Apache-2.0
/** Data keys in a batch, as node plugins have them unwrapped for a pod: one signed statement, each by itself. */

import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { ReleaseItem, WrappedKey } from "@strongroom/api";
import { fromBase64url, sha256, toBase64url } from "@strongroom/core";
import { openDataKey } from "../../csi-driver/src/release/open-data-key.ts";
import { accounts, hostOf, issuer } from "./fixtures/names.ts";
import { expectRefused } from "./fixtures/refusal.ts";
import { openRelease } from "./fixtures/releasing.ts";
import { payloadOf } from "./fixtures/releasing-vault.ts";
import { admitsSoftware, openShop, type Shop } from "./fixtures/shop.ts";
import { traceOf } from "./fixtures/stored.ts";

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
const alg = "A256KW";

describe("a release of data keys", () => {
  let shop: Shop;
  const wrapped: Record<string, WrappedKey> = {};

  beforeAll(async () => {
    shop = await openShop();
    const { oidc } = shop.installation;
    const [role, scope] = ["Key Vault Crypto Service Release User" as const, "keys/db-*"];
    const roleAssignments = [
      { role, scope, principals: [{ serviceAccount: { name: accounts.app.name } }] },
      {
        ...{ role: "Key Vault Administrator" as const, scope: "*" },
        principals: [{ oidc: { issuer: oidc.issuer, subject: "officer" } }],
      },
    ];
    await shop.putVault({ spec: { roleAssignments } });
    for (const [name, condition] of [
      ["db-key", admitsSoftware],
      ["db-other", { ...admitsSoftware, equals: "hardware" }],
      ["api-key", admitsSoftware],
    ] as const) {
      const policy = { version: "1.0.0", anyOf: [{ authority: issuer, allOf: [condition] }] };
      const made = await shop.api("POST", `/keys/${name}/create`, {
        ...{ kty: "oct-HSM", key_ops: ["secureWrapKey", "secureUnwrapKey"] },
        release_policy: { data: encode(policy) },
      });
      expect(made.status).toBe(200);
      const { body } = await shop.api("POST", `/keys/${name}/securewrapkey`, { alg });
      wrapped[name] = { alg, value: body.value };
    }
  }, 90_000);
  afterAll(async () => {
    await shop[Symbol.asyncDispose]();
  });

  const item = (name: string, of = name): ReleaseItem => {
    const unwrap = wrapped[of];
    return { kind: "keys", name, ...(unwrap && { unwrap }) };
  };

  it("gives a pod what its node opens, and says of each what it was", async () => {
    const items = [
      item("db-key"),
      item("db-other"),
      item("api-key"),
      item("db-key", "db-other"),
      item("db-none", "db-key"),
    ];
    const { storeFile } = shop.installation.folders;
    const { result, leaves } = await traceOf(storeFile, () => shop.ask({ items }));
    const expected = { podUid: shop.pod.uid, vaultUid: shop.vault.uid, session: shop.session };
    // By name, and the last of a name counts: what another key wrapped.
    expect(await openRelease(shop.installation, result, expected)).toMatchObject({
      "db-key": "denied CannotUnwrap",
      "db-other": "denied PolicyDenied",
      "api-key": "denied Forbidden",
      "db-none": "denied NotFound",
    });
    const unwrapped = (of: string) => toBase64url(sha256(fromBase64url(wrapped[of]?.value ?? "")));
    expect(payloadOf(result.body.release).items).toMatchObject([
      { name: "db-key", result: "granted", unwrapped: unwrapped("db-key") },
      { name: "db-other", result: "denied", unwrapped: unwrapped("db-other") },
      { name: "api-key", result: "denied", unwrapped: unwrapped("api-key") },
      { name: "db-key", result: "denied", unwrapped: unwrapped("db-other") },
      { name: "db-none", result: "denied", unwrapped: unwrapped("db-key") },
    ]);
    using key = await openDataKey(result.body.items[0].keyHsm, shop.session.keys.encrypt);
    expect(key).toHaveLength(32);
    const [again] = (await shop.ask({ items: [item("db-key")] })).body.items;
    using same = await openDataKey(again.keyHsm, shop.session.keys.encrypt);
    expect(same.reveal()).toEqual(key.reveal());
    expect(result.body.items.slice(1)).toEqual([{}, {}, {}, {}]);
    const events = leaves.map(({ event }) => event);
    const ofReleases = events.filter(({ operationName }) => operationName !== "ReleaseKeyRotate");
    expect(ofReleases).toMatchObject([
      {
        operationName: "KeySecureUnwrap",
        properties: {
          releases: [
            { object: "keys/db-key", result: "granted", unwrapped: unwrapped("db-key") },
            { result: "denied", class: "PolicyDenied" },
            { result: "denied", class: "Forbidden" },
            { result: "granted", unwrapped: unwrapped("db-other") },
            { result: "denied", class: "NotFound" },
          ],
        },
      },
      {
        ...{ operationName: "KeySecureUnwrap", resultSignature: "BadParameter" },
        properties: { undone: { object: "keys/db-key", unwrapped: unwrapped("db-other") } },
      },
    ]);
  });

  it("is no answer to who asked for another data key of the same key", async () => {
    const answer = await shop.ask({ items: [item("db-key")] });
    const expected = { podUid: shop.pod.uid, vaultUid: shop.vault.uid, session: shop.session };
    const opened = await openRelease(shop.installation, answer, expected);
    expect(opened["db-key"]).toMatch(/^[\w-]+$/);
    const other = { ...answer, asked: [item("db-key", "db-other")] };
    await expect(openRelease(shop.installation, other, expected)).rejects.toMatchObject({
      ...{ code: "ResponseUntrusted", message: "the release holds another object" },
    });
    const key = { ...answer, asked: [{ kind: "keys" as const, name: "db-key" }] };
    await expect(openRelease(shop.installation, key, expected)).rejects.toMatchObject({
      code: "ResponseUntrusted",
    });
  });

  it("is of keys alone, and needs the node's proof on the key's own route as well", async () => {
    const secret = { ...item("db-key"), kind: "secrets" as const };
    expect((await shop.ask({ items: [secret] })).status).toBe(400);
    const body = { ...wrapped["db-key"], target: shop.session.token };
    const send = () =>
      shop.installation.send({
        ...{ serverName: hostOf(shop.vault.name), method: "POST", body, token: shop.podToken },
        path: "/keys/db-key/secureunwrapkey?api-version=7.5",
      });
    await expectRefused(shop.installation.folders.storeFile, send, {
      ...{ code: "ProofInvalid", operation: "KeySecureUnwrap" },
    });
  });
});
