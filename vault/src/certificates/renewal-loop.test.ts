// SPDX-License-Identifier: Apache-2.0
import { X509Certificate } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { type AuditEvent, silentLog, systemClock } from "@strongroom/core";
import { keyKind } from "../keys/key-kind.ts";
import type { Ledger } from "../ledger/ledger.ts";
import {
  daysLater,
  derive,
  type ObjectStore,
  openObjectStore,
  start,
  testVault,
} from "../objects/__fixtures__/object-store.ts";
import type { ObjectType } from "../objects/object-type.ts";
import { findVersion } from "../objects/read-object.ts";
import { secretType } from "../secrets/secret-type.ts";
import { softwareHsm } from "./authority/__fixtures__/software-hsm.ts";
import { beginEnrolment } from "./begin-enrolment.ts";
import { certificateType, leafOf } from "./certificate-type.ts";
import { createCertificateKeys } from "./create-certificate-keys.ts";
import { finishEnrolment } from "./finish-enrolment.ts";
import { setIssuer } from "./issuers.ts";
import { findOperation } from "./operation-record.ts";
import { type PolicyBody, policyOf } from "./policy-wire.ts";
import { type RenewalDeps, renewOnce } from "./renewal-loop.ts";

const vault = testVault;
const self: PolicyBody = {
  issuer: { name: "Self" },
  key_props: { kty: "EC" },
  x509_props: { subject: "CN=a" },
};
const context = {
  at: start,
  caller: {
    principal: { issuer: "i", subject: "s" },
    installationRoles: [],
    tokenHash: new Uint8Array(),
  },
  ...{ correlationId: "", callerIpAddress: "", requestUri: "" },
};

describe("renewal", () => {
  let store: ObjectStore;
  let events: AuditEvent[];
  let now: Date;
  let started: Date;
  let isDone: boolean;
  beforeEach(async () => {
    store = await openObjectStore();
    events = [];
    now = start;
    started = start;
  });
  afterEach(async () => {
    await store[Symbol.asyncDispose]();
  });

  const deps = (): RenewalDeps => {
    const hsm = softwareHsm();
    const ledger: Ledger = {
      ...store.ledger,
      read: (key) => store.ledger.read(key),
      list: (...page) => store.ledger.list(...page),
      readValue: (key) => store.ledger.readValue(key),
      commit: (work) =>
        store.ledger.commit(async (tx) => {
          const done = await work(tx);
          events.push(done.event);
          return done;
        }),
    };
    const deriveOf = () => derive;
    return {
      ...{ ledger, hsm, derive: deriveOf, log: silentLog, directory: { all: () => [vault] } },
      certificateKeys: createCertificateKeys({ ledger, hsm, derive: deriveOf }),
      clock: { ...systemClock, now: () => now },
    };
  };
  const begin = (body: PolicyBody, attributes = {}) =>
    store.act((tx) =>
      beginEnrolment(tx, { vault, name: "cert", policy: policyOf(body, 0), attributes, at: now }),
    );
  const make = async (body: PolicyBody) =>
    await finishEnrolment(deps(), await begin(body, { tags: { a: "b" } }), context);
  const current = async () =>
    (await store.act((tx) => findVersion(tx, vault, certificateType, { name: "cert" }))).version;
  const look = async (days: number) => {
    now = daysLater(days);
    events = [];
    isDone = await renewOnce(deps(), started, new AbortController().signal);
    return events.map(({ operationName }) => operationName);
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
      const face = await store.act((tx) => findVersion(tx, vault, type, { name: "cert" }));
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
    await store.act((tx) =>
      setIssuer(tx, { vault, name: "ca", at: now }, { provider: "Strongroom" }),
    );
    const byCa = { ...self, issuer: { name: "ca" }, x509_props: { subject: "CN=a.team.svc" } };
    expect((await make(byCa)).status).toBe("completed");
    const { version, certificates } = await current();
    expect(certificates).toHaveLength(2);
    expect(await look(300)).toEqual(["CertificateRenew", "CertificateEnroll"]);
    expect((await current()).version).not.toBe(version);
    await store.act((tx) =>
      setIssuer(tx, { vault, name: "ca", at: now }, { provider: "Strongroom", enabled: false }),
    );
    const second = (await current()).version;
    expect(await look(700)).toEqual(["CertificateRenew"]);
    expect(events[0]).toMatchObject({ resultType: "Failure", resultSignature: "BadParameter" });
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
    const operation = await store.act((tx) => findOperation(tx, vault, "cert"));
    expect(operation?.status).toBe("inProgress");
  });
});
