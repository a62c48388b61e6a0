// SPDX-License-Identifier: Apache-2.0
import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { type IntelPki, intelFingerprint, mintIntelCrl, mintIntelPki } from "@strongroom/testing";
import { at } from "../__fixtures__/intel.ts";
import { parseCertificate } from "../x509/certificate.ts";
import { parseRevocationList } from "../x509/revocation-list.ts";
import { checkIntelPath, hasCommonName, isP256, pckPath } from "./intel-path.ts";

describe("a root that was certified again under its name and key", () => {
  const pki = mintIntelPki();
  const ended = { root: { notAfter: new Date("2026-05-01T00:00:00Z") } };
  const { root: earlier } = mintIntelPki(ended, { root: pki.root.key });
  const [leaf, ca, root, old] = [pki.pck, pki.ca, pki.root, earlier].map(({ der }) =>
    parseCertificate(der),
  );
  const pin = (fingerprint: string) => ({ name: "ours", class: "software", fingerprint }) as const;
  const pins = [earlier, pki.root].map((one) => pin(intelFingerprint(one)));
  const revocationLists = [pki.root, pki.ca].map((issuer) =>
    parseRevocationList(mintIntelCrl({ issuer })),
  );
  if (!(leaf && ca && root && old)) {
    throw new TypeError("a certificate is missing");
  }

  it("vouches by whichever of its certificates is valid, in any order", () => {
    for (const certificates of [
      [ca, old, root],
      [root, old, ca],
    ]) {
      const context = { certificates, revocationLists, roots: pins, at };
      expect(checkIntelPath(leaf, pckPath, context)).toEqual([leaf, ca, root]);
    }
  });

  it("does not by the one that has ended, or by one that is not pinned", () => {
    const context = { certificates: [ca, old, root], revocationLists, at };
    expect(checkIntelPath(leaf, pckPath, { ...context, roots: pins.slice(0, 1) })).toMatchObject({
      class: "expired",
    });
    expect(checkIntelPath(leaf, pckPath, { ...context, roots: [] })).toMatchObject({
      class: "untrusted-chain",
    });
  });
});

/** A path to the root, or to another certificate that is pinned in its place, with these lists. */
function checkWith(pki: IntelPki, lists: readonly Uint8Array[], pinned = pki.root) {
  const [leaf, ...certificates] = [pki.pck, pki.ca, pki.root].map(({ der }) =>
    parseCertificate(der),
  );
  if (leaf === undefined) {
    throw new TypeError("a certificate is missing");
  }
  const fingerprint = intelFingerprint(pinned);
  const roots = [{ name: "ours", class: "software", fingerprint }] as const;
  const revocationLists = lists.map(parseRevocationList);
  return checkIntelPath(leaf, pckPath, { certificates, revocationLists, roots, at });
}

describe("a path", () => {
  const check = (pki: IntelPki, list: { thisUpdate?: Date; nextUpdate?: Date } = {}) => {
    const verdict = checkWith(
      pki,
      [pki.root, pki.ca].map((issuer) => mintIntelCrl({ issuer, ...list })),
    );
    return "kind" in verdict ? verdict.class : "verified";
  };

  it.each([
    ["root", 0, "untrusted-chain"],
    ["root", 1, "verified"],
    ["ca", 0, "verified"],
  ])("is no longer than the %s allows, with %i below", (role, pathLength, expected) => {
    expect(check(mintIntelPki({ [role]: { pathLength } }))).toBe(expected);
  });

  it("has every certificate that it should have: none ends early, though what ends it is pinned", () => {
    const { pck, ca, root } = mintIntelPki();
    const [leaf, issuer, end] = [pck, ca, root].map(({ der }) => parseCertificate(der));
    const revocationLists = [root, ca].map((one) =>
      parseRevocationList(mintIntelCrl({ issuer: one })),
    );
    const roots = [ca, root].map((one) => ({
      ...({ name: "ours", class: "software" } as const),
      fingerprint: intelFingerprint(one),
    }));
    const certificates = [issuer, end].filter((one) => one !== undefined);
    expect(
      leaf && checkIntelPath(leaf, pckPath, { certificates, revocationLists, roots, at }),
    ).toMatchObject({ class: "untrusted-chain" });
  });

  it("is valid from the first instant of each certificate and list to the last", () => {
    const before = new Date(at.getTime() - 1000);
    const after = new Date(at.getTime() + 1000);
    for (const role of ["root", "ca", "pck"]) {
      expect(check(mintIntelPki({ [role]: { notBefore: at } }))).toBe("verified");
      expect(check(mintIntelPki({ [role]: { notAfter: at } }))).toBe("verified");
      expect(check(mintIntelPki({ [role]: { notBefore: after } }))).toBe("expired");
      expect(check(mintIntelPki({ [role]: { notAfter: before } }))).toBe("expired");
    }
    const pki = mintIntelPki();
    expect(check(pki, { thisUpdate: at })).toBe("verified");
    expect(check(pki, { nextUpdate: at })).toBe("verified");
    expect(check(pki, { thisUpdate: after })).toBe("expired");
    expect(check(pki, { nextUpdate: before })).toBe("expired");
  });
});

describe("lists of an issuer's name", () => {
  const pki = mintIntelPki();
  const stranger = mintIntelPki();
  const right = [pki.root, pki.ca].map((issuer) => mintIntelCrl({ issuer }));
  const foreign = [stranger.root, stranger.ca].map((issuer) =>
    mintIntelCrl({ issuer, revoked: [pki.ca.serial, pki.pck.serial] }),
  );

  it("that somebody else signed take nothing from its own, before or behind them", () => {
    expect(checkWith(pki, [...foreign, ...right])).toHaveLength(3);
    expect(checkWith(pki, [...right, ...foreign])).toHaveLength(3);
  });

  it("that somebody else signed are no answer where its own is missing", () => {
    for (const own of right) {
      expect(checkWith(pki, [...foreign, own])).toMatchObject({ class: "bad-signature" });
    }
  });

  it("each count: one that revokes is enough", () => {
    const revoking = mintIntelCrl({ issuer: pki.ca, revoked: [pki.pck.serial] });
    expect(checkWith(pki, [...right, revoking])).toMatchObject({ class: "revoked" });
    expect(checkWith(pki, [revoking, ...right])).toMatchObject({ class: "revoked" });
  });
});

describe("Intel's certificates", () => {
  const crls = ({ root, ca }: IntelPki) => [root, ca].map((issuer) => mintIntelCrl({ issuer }));
  const otherKeys = [
    generateKeyPairSync("ec", { namedCurve: "P-384" }),
    generateKeyPairSync("rsa", { modulusLength: 2048 }),
    generateKeyPairSync("ed25519"),
  ] as const;

  it("have P-256 keys alone", () => {
    const [p384] = otherKeys;
    for (const role of ["root", "ca", "pck"]) {
      const pki = mintIntelPki({}, { [role]: p384.privateKey });
      expect(checkWith(pki, crls(pki))).toMatchObject({
        ...{ class: "untrusted-chain", reason: expect.stringContaining("P-256") },
      });
    }
    expect(otherKeys.map(({ publicKey }) => isP256(publicKey))).toEqual([false, false, false]);
  });

  it("are signed with SHA-256 alone", () => {
    const pki = mintIntelPki({ ca: { hash: "sha384" } });
    expect(checkWith(pki, crls(pki))).toMatchObject({ class: "untrusted-chain" });
  });

  it("lead to the root: a ca that is pinned is none", () => {
    const pki = mintIntelPki();
    expect(checkWith(pki, crls(pki), pki.ca)).toMatchObject({
      ...{
        class: "untrusted-chain",
        reason: "Intel SGX PCK Certificate: no path to a configured root",
      },
    });
  });

  it("have one of the names of their place", () => {
    const leaf = parseCertificate(mintIntelPki().pck.der);
    expect(hasCommonName(leaf, [["Intel SGX TCB Signing", "Intel SGX PCK Certificate"]])).toBe(
      true,
    );
    expect(hasCommonName(leaf, [["Intel SGX TCB Signing"]])).toBe(false);
    expect(hasCommonName(leaf, [])).toBe(false);
  });
});
