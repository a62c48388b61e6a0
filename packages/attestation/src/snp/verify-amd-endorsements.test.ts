// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { toHex } from "@strongroom/core";
import { type AmdVendor, createAmdVendor } from "@strongroom/testing";
import type { AmdEndorsements } from "./read-amd-endorsements.ts";
import { verifyAmdEndorsements } from "./verify-amd-endorsements.ts";

const at = new Date("2026-06-01T00:00:00Z");
const milan = createAmdVendor("Milan");
const other = createAmdVendor("Milan");
const turin = createAmdVendor("Turin");

function verifyUnder(vendor: AmdVendor, own: Partial<AmdEndorsements>, when = at) {
  const { ark, ask, asvk } = vendor.fingerprints;
  const root = {
    ...({ name: "ours", class: "software", product: vendor.product } as const),
    ...{ ark, ask: [ask], asvk: [asvk] },
  };
  // What anybody else sends may be known too: a root of the same name is none of those that are pinned.
  const chain = [other.ark, vendor.ask, vendor.asvk, vendor.ark];
  const known = { certificates: chain, crls: own.crls ?? [] };
  return verifyAmdEndorsements(
    { certificates: own.certificates ?? [], crls: own.crls ?? [] },
    { roots: [root], known },
    when,
  );
}

describe("verifyAmdEndorsements", () => {
  it("says which chip and which firmware a certificate is for", () => {
    const { id, tcb } = milan.chip;
    expect(verifyUnder(milan, { certificates: [milan.leaf()] })).toMatchObject({
      kind: "verified",
      claims: [{ about: `amd/vcek/Milan/${toHex(id)}/${toHex(tcb)}` }],
    });
  });

  it("says once what the certificates of a chain are about", () => {
    expect(verifyUnder(milan, { certificates: [milan.ask, milan.ark] })).toMatchObject({
      kind: "verified",
      claims: [{ about: "amd/chain/Milan" }],
    });
  });

  it("says how new a revocation list is", () => {
    const thisUpdate = new Date("2026-05-01T00:00:00Z");
    expect(verifyUnder(milan, { crls: [milan.crl({ number: 7, thisUpdate })] })).toMatchObject({
      kind: "verified",
      claims: [{ about: "amd/crl/Milan", number: 7n, issuedAt: thisUpdate }],
    });
  });

  it("finds the issuer of a list among roots of one name", () => {
    const known = { certificates: [other.ark, milan.ark], crls: [] };
    const roots = [other, milan].map(({ fingerprints: { ark, ask, asvk } }) => ({
      ...({ name: "ours", class: "software", product: "Milan" } as const),
      ...{ ark, ask: [ask], asvk: [asvk] },
    }));
    for (const vendor of [other, milan]) {
      const own = { certificates: [], crls: [vendor.crl()] };
      expect(verifyAmdEndorsements(own, { roots, known }, at)).toMatchObject({ kind: "verified" });
    }
    const own = { certificates: [], crls: [createAmdVendor("Milan").crl()] };
    expect(verifyAmdEndorsements(own, { roots, known }, at)).toMatchObject({
      class: "bad-signature",
    });
  });

  it("takes a revocation list from its first instant to its last", () => {
    const [thisUpdate, nextUpdate] = [new Date("2026-05-01Z"), new Date("2026-07-01Z")];
    const crls = [milan.crl({ thisUpdate, nextUpdate })];
    for (const instant of [thisUpdate, nextUpdate]) {
      expect(verifyUnder(milan, { crls }, instant)).toMatchObject({ kind: "verified" });
    }
    expect(verifyUnder(milan, { crls }, new Date(thisUpdate.getTime() - 1))).toMatchObject({
      class: "expired",
    });
  });

  it.each<[string, Partial<AmdEndorsements>, string]>([
    ["a key of another vendor", { certificates: [other.leaf()] }, "untrusted-chain"],
    ["a signing key of another vendor", { certificates: [other.ask] }, "untrusted-chain"],
    ["a list of another product", { crls: [turin.crl()] }, "untrusted-chain"],
    ["a list that another key signed", { crls: [other.crl()] }, "bad-signature"],
    [
      "a list that has ended",
      { crls: [milan.crl({ nextUpdate: new Date("2026-05-01T00:00:00Z") })] },
      "expired",
    ],
    [
      "a key under a signing key that was revoked",
      { certificates: [milan.leaf()], crls: [milan.crl({ revoked: [0x10001] })] },
      "revoked",
    ],
    ["bytes that are no certificate", { certificates: [new Uint8Array(8)] }, "malformed"],
  ])("refuses %s", (_, own, refusal) => {
    expect(verifyUnder(milan, own)).toMatchObject({ kind: "refused", class: refusal });
  });
});
