// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { sha256, toHex } from "@strongroom/core";
import {
  type IntelCrlRequest,
  mintIntelCrl,
  mintIntelEvidence,
  mintIntelPki,
} from "@strongroom/testing";
import { at, verifyEvidence } from "../__fixtures__/intel.ts";
import { parseCertificate } from "../x509/certificate.ts";
import { parseRevocationList } from "../x509/revocation-list.ts";
import { digestStatement } from "./collateral.ts";
import { toDcapClaims } from "./dcap-claims.ts";
import { readDcapEndorsements } from "./dcap-endorsements.ts";

describe("the collateral of a quote", () => {
  it("names what judged an enclave: Intel's statements, their signer's chain, its list, and the quote", () => {
    const minted = mintIntelEvidence({ kind: "sgx3" });
    const { tcbInfos, identities, certificates, revocationLists } = readDcapEndorsements([
      new Uint8Array(minted.endorsements),
    ]);
    const hash = (...parts: readonly Uint8Array[]) => toHex(sha256(...parts));
    const named = (name: string) =>
      certificates.find(({ subject }) => subject.includes(Buffer.from(name).toString("hex")));
    const chain = ["Intel SGX TCB Signing", "Intel SGX Root CA"].map(
      (name) => named(name)?.der ?? new Uint8Array(),
    );
    const list = revocationLists.find(
      ({ issuer }) => issuer === named("Intel SGX Root CA")?.subject,
    );
    const [certificate, crl] = [hash(...chain), hash(list?.der ?? new Uint8Array())];
    const verdict = verifyEvidence(minted, {});
    const claims = verdict.kind === "verified" ? toDcapClaims(verdict.claims) : {};
    expect(claims["x-ms-sgx-collateral"]).toEqual({
      qeidhash: hash(identities[0]?.signed ?? new Uint8Array()),
      tcbinfohash: hash(tcbInfos[0]?.signed ?? new Uint8Array()),
      ...{ qeidcertshash: certificate, tcbinfocertshash: certificate },
      ...{ qeidcrlhash: crl, tcbinfocrlhash: crl },
      quotehash: hash(new Uint8Array(minted.quote)),
    });
    expect([certificate, crl]).not.toContain(hash());
  });
});

describe("the revocation list of a statement's signer", () => {
  const pki = mintIntelPki();
  const path = [pki.signer, pki.root].map(({ der }) => parseCertificate(der));
  const mint = (request: Partial<IntelCrlRequest> = {}) =>
    mintIntelCrl({ issuer: pki.root, ...request });
  const chosen = (...lists: readonly Uint8Array[]) =>
    digestStatement(
      { value: { digest: "00" }, path: path as never },
      lists.map(parseRevocationList),
      at,
    ).revocationList;
  const digest = (list: Uint8Array) => toHex(sha256(list));

  it("is the newest that is valid and its issuer's own", () => {
    const [old, valid] = [mint(), mint({ thisUpdate: new Date("2026-03-01T00:00:00Z") })];
    const day = new Date("2026-05-01T00:00:00Z");
    const others = [
      mint({ thisUpdate: new Date("2026-06-02T00:00:00Z") }),
      mint({ thisUpdate: day, nextUpdate: new Date("2026-05-02T00:00:00Z") }),
      mint({ thisUpdate: day, signedBy: pki.ca.key }),
      mint({ thisUpdate: day, issuer: pki.ca, signedBy: pki.root.key }),
    ];
    for (const lists of [
      [old, valid, ...others],
      [...others, valid, old],
    ]) {
      expect(chosen(...lists)).toBe(digest(valid));
    }
    expect(chosen(...others)).toBe(digest(new Uint8Array()));
  });

  it("is valid from its first instant to its last", () => {
    for (const list of [mint({ thisUpdate: at }), mint({ nextUpdate: at })]) {
      expect(chosen(list)).toBe(digest(list));
    }
  });
});
