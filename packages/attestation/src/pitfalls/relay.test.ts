// SPDX-License-Identifier: Apache-2.0

import { generateKeyPairSync, sign } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { utf8 } from "@strongroom/core";
import {
  createAmdVendor,
  createNitroVendor,
  makeAmdReport,
  mintIntelEvidence,
} from "@strongroom/testing";
import { verifyEvidence } from "../__fixtures__/intel.ts";
import { quoteCase } from "../__fixtures__/test-quote.ts";
import { parseJwks } from "../jwt/jwks.ts";
import type { JwtIssuer } from "../jwt/jwt-issuer.ts";
import { verifyJwt } from "../jwt/verify-jwt.ts";
import { verifyNitro } from "../nitro/verify-nitro.ts";
import { verifySnp } from "../snp/verify-snp-report.ts";
import { verifyTpmQuote } from "../tpm/verify-tpm-quote.ts";
import type { Verdict } from "../verdict.ts";

/** Evidence of one kind. */
interface ChallengedEvidence {
  readonly kind: string;
  /** The challenge that it answers, in the form of the kind. */
  readonly challenge: unknown;
  /** Another one of that form: another nonce, another key, another verifier. */
  readonly another: unknown;
  readonly verify: (challenge: unknown) => Verdict<unknown>;
}

const at = new Date("2026-06-01T01:00:00Z");

/** One of each kind. */
function challengedEvidence(): readonly ChallengedEvidence[] {
  return [snp(), dcap("td15-5"), dcap("sgx3"), nitro(), tpm(), jwt()];
}

function snp(): ChallengedEvidence {
  const vendor = createAmdVendor("Milan");
  const { ark, ask, asvk } = vendor.fingerprints;
  const root = { name: "test", class: "software", product: "Milan", ark, ask: [ask], asvk: [asvk] };
  const trust = { roots: [root], revocation: "if-given" } as never;
  const challenge = new Uint8Array(64).fill(5);
  const report = vendor.sign(makeAmdReport(vendor, { reportData: challenge }));
  const certificates = [vendor.leaf(), vendor.ask, vendor.ark];
  return {
    ...{ kind: "SEV-SNP", challenge, another: new Uint8Array(64).fill(6) },
    verify: (reportData) =>
      verifySnp(
        { report, endorsements: { certificates, crls: [] } },
        trust,
        { reportData: reportData as Uint8Array },
        at,
      ),
  };
}

function dcap(kind: "td15-5" | "sgx3"): ChallengedEvidence {
  const evidence = mintIntelEvidence({ kind });
  return {
    kind: kind === "sgx3" ? "SGX" : "TDX",
    challenge: new Uint8Array(64).fill(0xd0),
    another: new Uint8Array(64).fill(0xd1),
    verify: (reportData) =>
      verifyEvidence(evidence, { expected: { reportData: reportData as Uint8Array } }),
  };
}

function nitro(): ChallengedEvidence {
  const vendor = createNitroVendor();
  const roots = [{ name: "test", class: "software" as const, fingerprint: vendor.fingerprint }];
  const document = vendor.document();
  const unbound = { userData: "unbound", publicKey: "unbound" } as const;
  return {
    ...{ kind: "Nitro", challenge: utf8("nonce"), another: utf8("nonc2") },
    verify: (nonce) => verifyNitro(document, roots, { nonce: nonce as Uint8Array, ...unbound }, at),
  };
}

function tpm(): ChallengedEvidence {
  const { evidence, expected } = quoteCase();
  return {
    ...{ kind: "TPM", challenge: expected.extraData, another: new Uint8Array(32).fill(10) },
    verify: (extraData) =>
      verifyTpmQuote(evidence, { ...expected, extraData: extraData as Uint8Array }),
  };
}

function jwt(): ChallengedEvidence {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const iat = at.getTime() / 1000;
  const signed = `${part({ alg: "ES256" })}.${part({ iat, exp: iat + 60, nonce: "n" })}`;
  const value = sign("sha256", utf8(signed), { key: privateKey, dsaEncoding: "ieee-p1363" });
  const token = `${signed}.${value.toString("base64url")}`;
  const keys = parseJwks(utf8(JSON.stringify(publicKey.export({ format: "jwk" }))));
  const issuer: JwtIssuer = {
    ...{ issuer: "unbound", audience: "unbound", algorithms: ["ES256"], keys },
    ...{ expiry: "required", longestAge: 3600 },
  };
  const binding = (nonce: unknown) => (nonce && { path: ["nonce"], value: nonce }) as "unbound";
  return {
    ...{ kind: "a token", challenge: "n", another: "m" },
    verify: (nonce) => verifyJwt(token, issuer, { nonce: binding(nonce) }, at),
  };
}

const kinds = challengedEvidence().map((evidence) => [evidence.kind, evidence] as const);

describe("10.1 item 17: authentic evidence that was made for somebody else (relay, diversion)", () => {
  it.each(kinds)("is refused: %s for another verifier's nonce or key", (_, evidence) => {
    expect(evidence.verify(evidence.challenge).kind).toBe("verified");
    expect(evidence.verify(evidence.another)).toMatchObject({ class: "binding-mismatch" });
  });
});

describe("10.1 item 13: an expectation that is missing is an error, never a check that is left out", () => {
  it.each(kinds)("%s", (_, evidence) => {
    let verified = false;
    try {
      verified = evidence.verify(undefined).kind === "verified";
    } catch (error) {
      expect(error).toBeInstanceOf(Error);
    }
    expect(verified).toBe(false);
  });
});
