// SPDX-License-Identifier: Apache-2.0
/** Tokens whose issuer's certificates come with them, by roots that the user names. */

import { sign } from "node:crypto";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { utf8 } from "@strongroom/core";
import { type MintedCertificate, mintCertificate } from "@strongroom/testing";
import { verifyJwtEvidence } from "./verify-jwt-evidence.ts";

let at: Date;
const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");

function mint({ key }: MintedCertificate, chain: readonly MintedCertificate[]): Uint8Array {
  const x5c = chain.map(({ certificate }) => certificate.raw.toString("base64"));
  const iat = Math.floor(at.getTime() / 1000);
  const claims = { iss: "https://issuer.test", iat, exp: iat + 600, eat_nonce: "aa" };
  const signed = `${part({ alg: "ES256", kid: "leaf", x5c })}.${part(claims)}`;
  const signature = sign("sha256", utf8(signed), { key, dsaEncoding: "ieee-p1363" });
  return utf8(`${signed}.${signature.toString("base64url")}\n`);
}

describe("a token with its issuer's certificates", () => {
  let root: MintedCertificate;
  let other: MintedCertificate;
  let leaf: MintedCertificate;
  beforeAll(async () => {
    root = await mintCertificate({ subject: "/CN=root", ca: true });
    other = await mintCertificate({ subject: "/CN=root", ca: true });
    leaf = await mintCertificate({ subject: "/CN=leaf", issuer: root });
    at = new Date();
  });
  const answer = (
    evidence: Uint8Array,
    trusted: readonly MintedCertificate[],
    endorsements: readonly MintedCertificate[] = [],
  ) => {
    const files = (all: readonly MintedCertificate[]) =>
      all.map(({ certificatePem }) => utf8(certificatePem));
    return verifyJwtEvidence({
      ...{ evidence, endorsements: files(endorsements), trustRoots: files(trusted) },
      ...{ binding: undefined, at, allowDebug: false },
    });
  };

  it("is verified by the root that the user names, and by no other", () => {
    const token = mint(leaf, [leaf, root]);
    expect(answer(token, [root])).toMatchObject({
      ...{ verified: true, claims: { iss: "https://issuer.test" } },
    });
    expect(answer(mint(leaf, [leaf]), [other, root])).toMatchObject({ verified: true });
    expect(answer(token, [other])).toMatchObject({ refusal: "untrusted-chain" });
    expect(answer(token, [])).toMatchObject({ refusal: "endorsements-unavailable" });
    expect(answer(token, [], [root])).toMatchObject({ refusal: "bad-signature" });
  });

  it("is refused if another key than the certified one signed it", () => {
    expect(answer(mint(other, [leaf, root]), [root])).toMatchObject({ refusal: "bad-signature" });
  });

  it("is verified by the certificate of its key itself, as before", () => {
    expect(answer(mint(leaf, [leaf, root]), [leaf])).toMatchObject({ verified: true });
  });
});
