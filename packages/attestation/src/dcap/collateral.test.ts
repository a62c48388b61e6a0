// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { sha256, toHex } from "@strongroom/core";
import { mintIntelEvidence } from "@strongroom/testing";
import { verifyEvidence } from "../__fixtures__/intel.ts";
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
