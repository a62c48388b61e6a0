// SPDX-License-Identifier: Apache-2.0
/** What a node plugin must refuse to believe, whoever sends it. */

import { describe, expect, it } from "@jest/globals";
import { sha256, toBase64url, toHex, utf8 } from "@strongroom/core";
import { mintCertificate } from "@strongroom/testing";
import { exportJWK } from "jose";
import {
  day,
  denied,
  granted,
  head,
  jwe,
  untrusted,
  useReleases,
} from "./__fixtures__/releases.ts";
import { verifyRelease } from "./verify-release.ts";

describe("verifyRelease", () => {
  const { answer, expectation, refusal, root } = useReleases();

  it("returns what was granted and what was denied, in the order of the request", async () => {
    const { items } = await verifyRelease(expectation(await answer()));
    expect(items).toEqual([
      { kind: "granted", item: granted, jwe },
      { kind: "denied", item: denied },
    ]);
  });

  it("refuses a value that is not the one that was signed for", async () => {
    const items = [{ jwe: jwe.replace("Y2lwaGVydGV4dA", "Y2lwaGVydGV4dB") }, {}];
    expect(await refusal({ items })).toEqual(untrusted("the release holds another value"));
  });

  it("refuses a statement of another root, even one of the same name", async () => {
    const other = await mintCertificate({ subject: "/CN=release root", ca: true });
    const forger = await mintCertificate({ subject: "/CN=release key", issuer: other });
    expect(await refusal({ chain: [forger, other], key: forger })).toEqual(
      untrusted("the release key is not of the pinned root"),
    );
    expect(await refusal({ chain: [forger, root()], key: forger })).toEqual(
      untrusted("the release key is not certified by the root"),
    );
  });

  it("refuses a key that an attacker put into the header", async () => {
    const forger = await mintCertificate({ subject: "/CN=forger" });
    const jwk = await exportJWK(forger.certificate.publicKey);
    const forged = await refusal({ key: forger, header: { jwk, jku: "https://forger.example" } });
    expect(forged).toEqual(untrusted("the release does not verify"));
    expect(await refusal({ key: forger, header: { jwk, x5c: undefined } })).toEqual(
      untrusted("the release key has no certificate of two links"),
    );
  });

  it("refuses an expired and a long-lived release key", async () => {
    const problem = "the release key's certificate is expired, too early or too long-lived";
    expect(await refusal({}, { at: new Date(Date.now() + 30 * day) })).toEqual(untrusted(problem));
    expect(await refusal({}, { at: new Date(Date.now() - day) })).toEqual(untrusted(problem));
    const old = await mintCertificate({ subject: "/CN=release key", issuer: root(), days: 31 });
    expect(await refusal({ chain: [old, root()], key: old })).toEqual(untrusted(problem));
  });

  it("refuses a certificate authority below the root as release key", async () => {
    const ca = await mintCertificate({ subject: "/CN=sub", issuer: root(), ca: true });
    expect(await refusal({ chain: [ca, root()], key: ca })).toEqual(
      untrusted("the release key is not certified by the root"),
    );
  });

  it("refuses objects that were swapped, left out or added", async () => {
    const swapped = { payload: { items: [denied, granted] }, items: [{}, { jwe }] };
    expect(await refusal(swapped)).toEqual(untrusted("the release holds another object"));
    expect(await refusal({ payload: { items: [granted] }, items: [{ jwe }] })).toEqual(
      untrusted("the release has another number of objects"),
    );
    expect(await refusal({ items: [{ jwe }] })).toEqual(
      untrusted("the release has another number of objects"),
    );
  });

  it("refuses a version that was not asked for", async () => {
    const asked = [
      { kind: "secrets" as const, name: "db-password", version: "f".repeat(32) },
      { kind: "secrets" as const, name: "api-key" },
    ];
    const expected = { ...expectation(await answer()).expected, items: asked };
    expect(await refusal({}, { expected })).toEqual(untrusted("the release holds another object"));
  });

  it("refuses a denial that is not in the signed statement", async () => {
    expect(await refusal({ items: [{}, {}] })).toEqual(
      untrusted("the release grants an object and withholds it"),
    );
    expect(await refusal({ items: [{ jwe }, { jwe }] })).toEqual(
      untrusted("the release denies an object and sends it"),
    );
  });

  it.each([
    [{ pod: { uid: "pod-2" } }, "the release is for another pod"],
    [{ vault: { uid: "vault-2", name: "v" } }, "the release is of another vault"],
    [{ jti: "jti-of-another-request" }, "the release answers another request"],
    [{ head: { ...head, size: 2 } }, "the release names another audit head"],
  ])("refuses a statement about something else: %j", async (payload, message) => {
    expect(await refusal({ payload })).toEqual(untrusted(message));
  });

  it("refuses a record that is not in the log that the head stands for", async () => {
    const proof = { index: 0, leafHash: toHex(sha256(utf8("another"))), path: [] };
    expect(await refusal({ response: { proof } })).toEqual(
      untrusted("the release is not in the audit log"),
    );
  });

  it("refuses a statement of another type or algorithm", async () => {
    const message = "the release is signed in an unknown way";
    expect(await refusal({ header: { typ: "JWT" } })).toEqual(untrusted(message));
    const unsigned = `${toBase64url(utf8('{"alg":"none","typ":"strongroom-release+jws"}'))}.e30.`;
    expect(await refusal({ response: { release: unsigned } })).toEqual(untrusted(message));
  });
});
