// SPDX-License-Identifier: Apache-2.0
/** The client against a real TLS server: whom it believes, and what becomes of errors. */

import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { type PutVaultRequest, vaultIdentitySchema } from "@strongroom/api";
import {
  type FakeVault,
  fakeVaultToken,
  mintCertificate,
  startFakeVault,
} from "@strongroom/testing";
import { parseBody } from "./answer.ts";
import { retryAfterOf } from "./retry-after.ts";
import { createVaultClient } from "./vault-client.ts";
import type { VaultClientOptions } from "./vault-transport.ts";

let vault: FakeVault;

beforeAll(async () => {
  vault = await startFakeVault();
});

afterAll(async () => {
  await vault[Symbol.asyncDispose]();
});

function connect(changes: Partial<VaultClientOptions> = {}) {
  return createVaultClient({
    dial: { host: "127.0.0.1", port: vault.port },
    serverName: vault.serverName,
    ca: () => vault.ca.certificatePem,
    token: () => Promise.resolve(fakeVaultToken),
    ...changes,
  });
}

const call = { epoch: 1, generation: 1, owner: { uid: "vault-1" } };
const desired: PutVaultRequest = {
  ...call,
  name: "v",
  namespace: "ns",
  spec: {
    protection: "Software",
    softDelete: { retentionDays: 90, purgeProtection: false },
    release: "Allowed",
    roleAssignments: [],
  },
};

const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => "succeeded",
    (error: unknown) => error,
  );

describe("parseBody", () => {
  it.each([
    "",
    "not json",
    "[]",
    '{"uid":"u"}',
    '{"uid":"u","name":"v","namespace":"n","extra":1}',
  ])("does not believe an answer of another form: %s", (body) => {
    expect(() => parseBody(vaultIdentitySchema, body)).toThrow(
      expect.objectContaining({ code: "ResponseUntrusted" }),
    );
  });
});

describe("the vault client", () => {
  it("dials one address and speaks to another name", async () => {
    using client = connect();
    const answer = await client.manage.putVault("vault-1", desired);
    expect(answer).toMatchObject({ uid: "vault-1", created: true, domain: "none" });
    expect(await client.manage.vaultStatus("vault-1")).toMatchObject({ name: "v", secrets: [] });
  });

  it("refuses a server whose certificate is of another CA or for another name", async () => {
    const other = await mintCertificate({ subject: "/CN=infrastructure CA", ca: true });
    using strangerCa = connect({ ca: () => other.certificatePem });
    using otherName = connect({ serverName: "other.strongroom-system.svc" });
    const before = vault.requests.length;
    for (const client of [strangerCa, otherName]) {
      const error = await failure(client.manage.vaultStatus("vault-1"));
      expect(error).toMatchObject({ code: "VaultUnavailable" });
    }
    expect(vault.requests.length).toBe(before);
  });

  it("turns error bodies back into errors by their inner code", async () => {
    using client = connect();
    expect(await failure(client.manage.vaultStatus("vault-2"))).toMatchObject({
      code: "NotFound",
      message: "there is no such vault",
    });
    using stranger = connect({ token: () => Promise.resolve("another") });
    const error = await failure(stranger.manage.vaultStatus("vault-1"));
    expect(error).toMatchObject({ code: "TokenInvalid" });
  });

  it("keeps how long the vault asked to wait", async () => {
    using client = connect();
    vault.failWith("AuditUnavailable", 7);
    const error = await failure(client.manage.vaultStatus("vault-1"));
    vault.failWith(undefined);
    expect(error).toMatchObject({ code: "AuditUnavailable" });
    expect(retryAfterOf(error)).toBe(7_000);
    expect(retryAfterOf(new Error("another"))).toBeUndefined();
  });

  it("is unavailable, and says nothing more, where nobody listens", async () => {
    using client = connect({ dial: { host: "127.0.0.1", port: 1 } });
    expect(await failure(client.challenge())).toMatchObject({
      code: "VaultUnavailable",
      message: `no answer from ${vault.serverName}`,
    });
  });
});
