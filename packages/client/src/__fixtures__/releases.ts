// SPDX-License-Identifier: Apache-2.0
/** Releases as a vault signs them, and as somebody else would. */

import { beforeAll, expect } from "@jest/globals";
import type { ReleasePayload, ReleaseResponse } from "@strongroom/api";
import { leafHash, sha256, toBase64url, toHex, utf8 } from "@strongroom/core";
import { type MintedCertificate, mintCertificate } from "@strongroom/testing";
import { CompactSign } from "jose";
import { type ReleaseExpectation, verifyRelease } from "../verify-release.ts";

/** A value, encrypted. */
export const jwe = "eyJhbGciOiJkaXIifQ..aXY.Y2lwaGVydGV4dA.dGFn";
const version = "0123456789abcdef0123456789abcdef";
const leaf = leafHash(utf8("the only leaf"));
/** The head of a log with one leaf. */
export const head = { log: "log-1", size: 1, root: toHex(leaf) };
/** Milliseconds. */
export const day = 86_400_000;

/** An object that is granted. */
export const granted = {
  kind: "secrets",
  name: "db-password",
  version,
  id: `https://v.ns.svc/secrets/db-password/${version}`,
  result: "granted",
  digest: toBase64url(sha256(utf8(jwe))),
} as const;
/** One that is denied. */
export const denied = {
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

/** What is other than an honest vault would say. */
export interface Forgery {
  readonly payload?: Partial<ReleasePayload>;
  readonly items?: ReleaseResponse["items"];
  readonly header?: Readonly<Record<string, unknown>>;
  readonly chain?: readonly MintedCertificate[];
  readonly key?: MintedCertificate;
  readonly response?: Partial<ReleaseResponse>;
}

/** Registers the hook that mints root and signer; answers what is made with them. */
export function useReleases() {
  let root: MintedCertificate;
  let signer: MintedCertificate;
  beforeAll(async () => {
    root = await mintCertificate({ subject: "/CN=release root", ca: true, days: 365 });
    signer = await mintCertificate({ subject: "/CN=release key", issuer: root, days: 29 });
  });

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

  async function refusal(
    forgery: Forgery,
    changes?: Partial<ReleaseExpectation>,
  ): Promise<unknown> {
    const verdict = verifyRelease(expectation(await answer(forgery), changes));
    return await verdict.then(
      () => "accepted",
      (error: unknown) => error,
    );
  }

  return { answer, expectation, refusal, root: () => root };
}

/** The refusal with this message. */
export const untrusted = (message: string): unknown =>
  expect.objectContaining({ code: "ResponseUntrusted", message });
