// SPDX-License-Identifier: Apache-2.0
/** What a node plugin must refuse to believe, whoever sends it. */

import { beforeAll, describe, expect, it } from "@jest/globals";
import type { ReleasePayload, ReleaseResponse } from "@strongroom/api";
import { leafHash, sha256, toBase64url, toHex, utf8 } from "@strongroom/core";
import { type MintedCertificate, mintCertificate } from "@strongroom/testing";
import { CompactSign, exportJWK } from "jose";
import { type ReleaseExpectation, verifyRelease } from "./verify-release.ts";

const jwe = "eyJhbGciOiJkaXIifQ..aXY.Y2lwaGVydGV4dA.dGFn";
const version = "0123456789abcdef0123456789abcdef";
const leaf = leafHash(utf8("the only leaf"));
const head = { log: "log-1", size: 1, root: toHex(leaf) };
const day = 86_400_000;

let root: MintedCertificate;
let signer: MintedCertificate;

beforeAll(async () => {
  root = await mintCertificate({ subject: "/CN=release root", ca: true, days: 365 });
  signer = await mintCertificate({ subject: "/CN=release key", issuer: root, days: 29 });
});

const granted = {
  kind: "secrets",
  name: "db-password",
  version,
  id: `https://v.ns.svc/secrets/db-password/${version}`,
  result: "granted",
  digest: toBase64url(sha256(utf8(jwe))),
} as const;
const denied = {
  kind: "secrets",
  name: "api-key",
  result: "denied",
  class: "PolicyDenied",
} as const;

const honest: ReleasePayload = {
  jti: "jti-0123456789abcdef",
  iat: 1_700_000_000,
  pod: { uid: "pod-1" },
  vault: { uid: "vault-1", name: "v" },
  items: [granted, denied],
  head,
};

interface Forgery {
  readonly payload?: Partial<ReleasePayload>;
  readonly items?: ReleaseResponse["items"];
  readonly header?: Readonly<Record<string, unknown>>;
  readonly chain?: readonly MintedCertificate[];
  readonly key?: MintedCertificate;
  readonly response?: Partial<ReleaseResponse>;
}

async function answer(forgery: Forgery = {}): Promise<ReleaseResponse> {
  const x5c = (forgery.chain ?? [signer, root]).map(({ certificate }) =>
    certificate.raw.toString("base64"),
  );
  const release = await new CompactSign(utf8(JSON.stringify({ ...honest, ...forgery.payload })))
    .setProtectedHeader({
      alg: "ES256",
      typ: "strongroom-release+jws",
      x5c,
      ...forgery.header,
    })
    .sign((forgery.key ?? signer).key);
  return {
    release,
    items: forgery.items ?? [{ jwe }, {}],
    head: { ...head, time: 1, signature: toBase64url(new Uint8Array(64)) },
    proof: { index: 0, leafHash: toHex(leaf), path: [] },
    ...forgery.response,
  };
}

function expectation(
  response: ReleaseResponse,
  changes: Partial<ReleaseExpectation> = {},
): ReleaseExpectation {
  return {
    response,
    pinnedRootSha256: toHex(sha256(root.certificate.raw)),
    expected: {
      jti: honest.jti,
      podUid: "pod-1",
      vaultUid: "vault-1",
      items: [
        { kind: "secrets", name: "db-password" },
        { kind: "secrets", name: "api-key" },
      ],
    },
    at: new Date(),
    ...changes,
  };
}

async function refusal(forgery: Forgery, changes?: Partial<ReleaseExpectation>): Promise<unknown> {
  const verdict = verifyRelease(expectation(await answer(forgery), changes));
  return await verdict.then(
    () => "accepted",
    (error: unknown) => error,
  );
}

const untrusted = (message: string) =>
  expect.objectContaining({ code: "ResponseUntrusted", message });

describe("verifyRelease", () => {
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
    expect(await refusal({ chain: [forger, root], key: forger })).toEqual(
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
    const old = await mintCertificate({ subject: "/CN=release key", issuer: root, days: 31 });
    expect(await refusal({ chain: [old, root], key: old })).toEqual(untrusted(problem));
  });

  it("refuses a certificate authority below the root as release key", async () => {
    const ca = await mintCertificate({ subject: "/CN=sub", issuer: root, ca: true });
    expect(await refusal({ chain: [ca, root], key: ca })).toEqual(
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
