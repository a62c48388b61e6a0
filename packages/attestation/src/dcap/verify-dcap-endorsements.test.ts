// SPDX-License-Identifier: Apache-2.0
import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import {
  type IntelEndorsementChanges,
  type IntelPki,
  intelFingerprint,
  intelPlatform,
  mintIntelCrl,
  mintIntelEndorsements,
  mintIntelPki,
  pemOf,
} from "@strongroom/testing";
import { at } from "../__fixtures__/intel.ts";
import { readDcapEndorsements } from "./dcap-endorsements.ts";
import { verifyDcapEndorsements } from "./verify-dcap-endorsements.ts";

const otherKey = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;

function verifyMinted(pki: IntelPki, changes: IntelEndorsementChanges = {}, when = at) {
  const bundle = Buffer.from(JSON.stringify(mintIntelEndorsements("td15-5", pki, changes)));
  const pck = Buffer.from(pemOf("CERTIFICATE", pki.pck.der));
  const own = readDcapEndorsements([new Uint8Array(bundle), new Uint8Array(pck)]);
  const root = {
    name: "ours",
    class: "software",
    fingerprint: intelFingerprint(pki.root),
  } as const;
  return verifyDcapEndorsements(own, { roots: [root], known: own }, when);
}

describe("verifyDcapEndorsements", () => {
  it("says what each endorsement is about, and how new it is", () => {
    const verdict = verifyMinted(mintIntelPki(), {
      tcbInfo: (info) => {
        info.tcbEvaluationDataNumber = 21;
      },
    });
    expect(verdict).toMatchObject({
      kind: "verified",
      claims: [
        {
          about: `intel/tcb-info/tdx/${intelPlatform.fmspc}`,
          number: 21n,
          nextUpdate: new Date("2026-07-01T00:00:00Z"),
        },
        { about: "intel/identity/TD_QE", number: 20n },
        { about: "intel/crl/root", number: 1n },
        { about: "intel/crl/platform", number: 1n },
        { about: "intel/pck" },
      ],
    });
  });

  it.each<[string, (pki: IntelPki) => IntelEndorsementChanges, string]>([
    ["a statement of another signer", () => ({ signerKey: otherKey }), "bad-signature"],
    [
      "a crl of another signer",
      ({ ca }) => ({ pckCrl: mintIntelCrl({ issuer: ca, signedBy: otherKey }) }),
      "bad-signature",
    ],
    [
      "a crl that has ended",
      ({ ca }) => ({ pckCrl: mintIntelCrl({ issuer: ca, nextUpdate: new Date("2026-05-01Z") }) }),
      "expired",
    ],
    [
      "a crl of a ca that was revoked",
      ({ root, ca }) => ({ rootCrl: mintIntelCrl({ issuer: root, revoked: [ca.serial] }) }),
      "untrusted-chain",
    ],
    [
      "a platform that was revoked",
      ({ ca, pck }) => ({ pckCrl: mintIntelCrl({ issuer: ca, revoked: [pck.serial] }) }),
      "revoked",
    ],
  ])("refuses %s", (_, changes, refusal) => {
    const pki = mintIntelPki();
    expect(verifyMinted(pki, changes(pki))).toMatchObject({ kind: "refused", class: refusal });
  });

  it("takes a list by itself from its first instant to its last", () => {
    const { root, ca } = mintIntelPki();
    const pem = (label: string, der: Uint8Array) => new Uint8Array(Buffer.from(pemOf(label, der)));
    const [thisUpdate, nextUpdate] = [new Date("2026-05-01Z"), new Date("2026-07-01Z")];
    const own = readDcapEndorsements([
      pem("X509 CRL", mintIntelCrl({ issuer: ca, thisUpdate, nextUpdate })),
    ]);
    const known = readDcapEndorsements([
      ...[ca, root].map(({ der }) => pem("CERTIFICATE", der)),
      pem("X509 CRL", mintIntelCrl({ issuer: root })),
    ]);
    const pin = { name: "ours", class: "software", fingerprint: intelFingerprint(root) } as const;
    const judge = (when: number) =>
      verifyDcapEndorsements(own, { roots: [pin], known }, new Date(when));
    for (const instant of [thisUpdate, nextUpdate]) {
      expect(judge(instant.getTime())).toMatchObject({ kind: "verified" });
    }
    for (const instant of [thisUpdate.getTime() - 1, nextUpdate.getTime() + 1]) {
      expect(judge(instant)).toMatchObject({ class: "expired" });
    }
  });

  it("refuses what is under a root that nobody configured", () => {
    const own = readDcapEndorsements([
      new Uint8Array(Buffer.from(JSON.stringify(mintIntelEndorsements("sgx3", mintIntelPki())))),
    ]);
    const verdict = verifyDcapEndorsements(own, { roots: [], known: own }, at);
    expect(verdict).toMatchObject({ kind: "refused", class: "untrusted-chain" });
  });

  it("finds the issuer of a list among CAs of one name, and no list of a stranger's", () => {
    const vendors = [mintIntelPki(), mintIntelPki()];
    const roots = vendors.map(({ root }) => ({
      ...({ name: "ours", class: "software" } as const),
      fingerprint: intelFingerprint(root),
    }));
    const read = (pem: string) => readDcapEndorsements([new Uint8Array(Buffer.from(pem))]);
    const known = read(
      vendors
        .flatMap(({ root, ca }) => [root.der, ca.der])
        .map((der) => pemOf("CERTIFICATE", der))
        .join(""),
    );
    const verifyList = ({ ca }: IntelPki) => {
      const own = read(pemOf("X509 CRL", mintIntelCrl({ issuer: ca })));
      return verifyDcapEndorsements(own, { roots, known }, at);
    };
    for (const vendor of vendors) {
      expect(verifyList(vendor)).toMatchObject({ claims: [{ about: "intel/crl/platform" }] });
    }
    expect(verifyList(mintIntelPki())).toMatchObject({ class: "bad-signature" });
  });

  it.each([
    ["that may not sign revocation lists", { usage: 0x04 }],
    ["that is none", { isCa: false }],
    ["that has ended", { notAfter: new Date("2026-05-01T00:00:00Z") }],
    ["that has not begun", { notBefore: new Date("2026-07-01T00:00:00Z") }],
    ["whose name is none of Intel's", { name: "Intel SGX PCK Other CA" }],
  ])("refuses the list of a ca %s", (_, ca) => {
    expect(verifyMinted(mintIntelPki({ ca }))).toMatchObject({
      kind: "refused",
      class: "untrusted-chain",
      reason: expect.stringContaining("issuer of a crl"),
    });
  });
});
