// SPDX-License-Identifier: Apache-2.0
import { X509Certificate } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { systemClock } from "@strongroom/core";
import { keyKind } from "../keys/key-kind.ts";
import type { LedgerTransaction } from "../ledger/ledger.ts";
import { daysLater, start, testVault } from "../objects/__fixtures__/object-store.ts";
import type { ObjectType } from "../objects/object-type.ts";
import { findVersion } from "../objects/read-object.ts";
import { secretType } from "../secrets/secret-type.ts";
import {
  type CertificateStore,
  openCertificateStore,
  selfSigned,
} from "./__fixtures__/certificate-store.ts";
import { certificateType, leafOf } from "./certificate-type.ts";
import { setIssuer } from "./issuers.ts";
import { findOperation } from "./operation-record.ts";
import type { PolicyBody } from "./policy-wire.ts";
import { type RenewalDeps, renewOnce } from "./renewal-loop.ts";

const vault = testVault;
const self = selfSigned;

describe("renewal", () => {
  let store: CertificateStore;
  let now: Date;
  let started: Date;
  let isDone: boolean;
  beforeEach(async () => {
    store = await openCertificateStore();
    now = start;
    started = start;
  });
  afterEach(async () => {
    await store[Symbol.asyncDispose]();
  });

  const deps = (): RenewalDeps => ({
    ...{ ...store.deps, directory: { all: () => [vault] } },
    clock: { ...systemClock, now: () => now },
  });
  const { act, begin, make } = {
    act: <T>(work: (tx: LedgerTransaction) => Promise<T>) => store.objects.act(work),
    begin: (body: PolicyBody) => store.begin(body, now),
    make: (body: PolicyBody) => store.make(body, now),
  };
  const current = async () =>
    (await act((tx) => findVersion(tx, vault, certificateType, { name: "cert" }))).version;
  const look = async (days: number) => {
    now = daysLater(days);
    store.events.length = 0;
    isDone = await renewOnce(deps(), started, new AbortController().signal);
    return store.events.map(({ operationName }) => operationName);
  };
  const keyOf = async () =>
    new X509Certificate(leafOf(await current()) ?? new Uint8Array()).publicKey.export({
      format: "jwk",
    });

  it("makes a new version of all faces when the policy says, once, with a new key", async () => {
    expect((await make(self)).status).toBe("completed");
    const first = await current();
    const key = await keyOf();
    expect(await look(291)).toEqual([]);
    expect(await look(293)).toEqual(["CertificateRenew", "CertificateEnroll"]);
    const second = await current();
    expect(second.version).not.toBe(first.version);
    expect([second.enabled, second.tags]).toEqual([true, { a: "b" }]);
    expect(second.exp).toBeGreaterThan((first.exp ?? 0) + 290 * 86_400);
    expect(await keyOf()).not.toEqual(key);
    const others: readonly ObjectType[] = [keyKind, secretType];
    for (const type of others) {
      const face = await act((tx) => findVersion(tx, vault, type, { name: "cert" }));
      expect(face.version).toMatchObject({
        version: second.version,
        exp: second.exp,
        nbf: second.nbf,
      });
    }
    expect(await look(294)).toEqual([]);
  });

  it("takes the same key where the policy says so", async () => {
    await make({ ...self, key_props: { kty: "EC", reuse_key: true } });
    const [version, key] = [(await current()).version, await keyOf()];
    await look(300);
    expect((await current()).version).not.toBe(version);
    expect(await keyOf()).toEqual(key);
  });

  it("goes through the vault's CA too, and stops where the issuer is gone", async () => {
    await act((tx) => setIssuer(tx, { vault, name: "ca", at: now }, { provider: "Strongroom" }));
    const byCa = { ...self, issuer: { name: "ca" }, x509_props: { subject: "CN=a.team.svc" } };
    expect((await make(byCa)).status).toBe("completed");
    const { version, certificates } = await current();
    expect(certificates).toHaveLength(2);
    expect(await look(300)).toEqual(["CertificateRenew", "CertificateEnroll"]);
    expect((await current()).version).not.toBe(version);
    await act((tx) =>
      setIssuer(tx, { vault, name: "ca", at: now }, { provider: "Strongroom", enabled: false }),
    );
    const second = (await current()).version;
    expect(await look(700)).toEqual(["CertificateRenew"]);
    expect(store.events[0]).toMatchObject({
      resultType: "Failure",
      resultSignature: "BadParameter",
    });
    expect((await current()).version).toBe(second);
  });

  it("says once that an end comes near, and once that it has come", async () => {
    const lifetime_actions: PolicyBody["lifetime_actions"] = [
      { trigger: { days_before_expiry: 30 }, action: { action_type: "EmailContacts" } },
    ];
    await make({ ...self, lifetime_actions });
    expect(await look(334)).toEqual([]);
    expect(await look(336)).toEqual(["CertificateNearExpiryEventGridNotification"]);
    expect(await look(337)).toEqual([]);
    expect(await look(366)).toEqual(["CertificateExpiredEventGridNotification"]);
    expect(await look(367)).toEqual([]);
  });

  it("takes up at once what was begun before this process", async () => {
    await begin(self);
    started = new Date(start.getTime() + 1_000);
    expect(await look(0)).toEqual(["CertificateEnroll"]);
    expect(isDone).toBe(true);
  });

  it("takes up what was begun and not finished, and leaves what waits for a merge", async () => {
    await begin(self);
    expect(await look(0)).toEqual([]);
    expect(isDone).toBe(false);
    expect(await look(1)).toEqual(["CertificateEnroll"]);
    expect(leafOf(await current())).toBeDefined();
    const requested = await make({ ...self, issuer: { name: "Unknown" } });
    expect(requested).toMatchObject({ status: "inProgress", csr: expect.any(String) });
    expect(await look(2)).toEqual([]);
    const operation = await act((tx) => findOperation(tx, vault, "cert"));
    expect(operation?.status).toBe("inProgress");
  });
});
