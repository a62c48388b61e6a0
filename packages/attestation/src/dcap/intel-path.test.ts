// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { type IntelPki, intelFingerprint, mintIntelCrl, mintIntelPki } from "@strongroom/testing";
import { at } from "../__fixtures__/intel.ts";
import { parseCertificate } from "../x509/certificate.ts";
import { parseRevocationList } from "../x509/revocation-list.ts";
import { checkIntelPath, pckPath } from "./intel-path.ts";

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

describe("a path", () => {
  function check(pki: IntelPki, list: { thisUpdate?: Date; nextUpdate?: Date } = {}) {
    const [leaf, ...certificates] = [pki.pck, pki.ca, pki.root].map(({ der }) =>
      parseCertificate(der),
    );
    const revocationLists = [pki.root, pki.ca].map((issuer) =>
      parseRevocationList(mintIntelCrl({ issuer, ...list })),
    );
    const fingerprint = intelFingerprint(pki.root);
    const roots = [{ name: "ours", class: "software", fingerprint }] as const;
    const context = { certificates, revocationLists, roots, at };
    const path = leaf && checkIntelPath(leaf, pckPath, context);
    return path === undefined || "kind" in path ? path?.class : "verified";
  }

  it.each([
    ["root", 0, "untrusted-chain"],
    ["root", 1, "verified"],
    ["ca", 0, "verified"],
  ])("is no longer than the %s allows, with %i below", (role, pathLength, expected) => {
    expect(check(mintIntelPki({ [role]: { pathLength } }))).toBe(expected);
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
