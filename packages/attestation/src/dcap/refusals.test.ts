// SPDX-License-Identifier: Apache-2.0
import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import {
  extensionOf,
  type IntelEvidenceChanges,
  type IntelPki,
  type IntelQuoteKind,
  intelBodyOffset,
  mintIntelEvidence,
  mintIntelPki,
  mintIntelQuote,
  pemOf,
} from "@strongroom/testing";
import { at, type Expected, expectation, verifyEvidence } from "../__fixtures__/intel.ts";
import { toDcapClaims } from "./dcap-claims.ts";
import { readDcapEndorsements } from "./dcap-endorsements.ts";
import { verifyDcapQuote } from "./verify-dcap-quote.ts";

type IntelCase = IntelEvidenceChanges & Expected;

const verifyMinted = (change: IntelCase = {}) => verifyEvidence(mintIntelEvidence(change), change);

const refused = (refusal: string, reason = "") =>
  expect.objectContaining({
    ...{ kind: "refused", class: refusal },
    reason: expect.stringContaining(reason),
  });

const otherKey = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
const kinds: readonly IntelQuoteKind[] = [
  ...(["sgx3", "sgx4", "sgx5"] as const),
  ...(["td10-4", "td10-5", "td15-5", "td15ex-5"] as const),
];
const claimsOf = (change: IntelCase) => {
  const verdict = verifyMinted(change);
  return verdict.kind === "verified" ? toDcapClaims(verdict.claims) : verdict;
};

describe("10.1 item 15: the chain is checked as a chain", () => {
  it.each<[string, NonNullable<IntelCase["pki"]>, string]>([
    ["a PCK that another CA signed", { pck: { signedBy: otherKey } }, "untrusted-chain"],
    ["a CA that another root signed", { ca: { signedBy: otherKey } }, "untrusted-chain"],
    ["a CA that is none", { ca: { isCa: false } }, "untrusted-chain"],
    ["a CA that may not sign certificates", { ca: { usage: 0x02 } }, "untrusted-chain"],
    ["a leaf that is a CA", { pck: { isCa: true } }, "untrusted-chain"],
    ["a leaf with another name", { pck: { name: "Intel SGX TCB Signing" } }, "untrusted-chain"],
    ["a CA with another name", { ca: { name: "Intel SGX Other CA" } }, "untrusted-chain"],
    ["a PCK that has expired", { pck: { notAfter: new Date("2026-05-01Z") } }, "expired"],
    ["a signer not yet valid", { signer: { notBefore: new Date("2026-07-01Z") } }, "expired"],
    [
      "a critical extension that nobody knows",
      { pck: { extensions: [extensionOf("1.2.3.4", Uint8Array.of(5, 0), true)] } },
      "untrusted-chain",
    ],
  ])("refuses %s", (_, pki, refusal) => {
    expect(verifyMinted({ pki })).toEqual(refused(refusal));
  });
});

describe("10.1 item 19: time, and endorsements that are older than others", () => {
  it.each(["2026-04-30T23:59:59Z", "2026-07-01T00:00:01Z"])("refuses them at %s", (instant) => {
    expect(verifyMinted({ at: new Date(instant) })).toEqual(refused("expired"));
  });

  it.each(["2026-05-01T00:00:00Z", "2026-07-01T00:00:00Z"])("takes them at %s", (instant) => {
    expect(verifyMinted({ at: new Date(instant) })).toMatchObject({ kind: "verified" });
  });

  it.each(["tcbInfo", "identity"])("refuses an evaluation number below the highest: %s", (what) => {
    const lower = (statement: Record<string, unknown>) => {
      statement["tcbEvaluationDataNumber"] = 19;
    };
    expect(verifyMinted({ endorsements: { [what]: lower } })).toEqual(
      refused("endorsements-unavailable", "older"),
    );
  });

  it.each<[string, string]>([
    ["fmspc", "00906ed50001"],
    ["pceId", "0001"],
  ])("has no judgement of a platform of another %s", (field, value) => {
    const tcbInfo = (info: Record<string, unknown>) => {
      info[field] = value;
    };
    expect(verifyMinted({ endorsements: { tcbInfo } })).toEqual(
      refused("endorsements-unavailable", "tcb info"),
    );
  });
});

describe("10.1 item 21 and 17: lengths, and what a quote is bound to", () => {
  it("refuses another report data, and a shorter one", () => {
    for (const reportData of [new Uint8Array(64), expectation.reportData.slice(0, 63)]) {
      expect(verifyMinted({ expected: { reportData } })).toEqual(refused("binding-mismatch"));
    }
  });

  it.each(kinds)("refuses every quote that ends too early: %s", (kind) => {
    const quote = mintIntelQuote(kind, mintIntelPki());
    const trust = { endorsements: readDcapEndorsements([]), roots: [] };
    for (let length = 0; length < quote.length; length += 7) {
      const verdict = verifyDcapQuote(quote.subarray(0, length), expectation, trust, at);
      expect(verdict).toEqual(refused("malformed"));
    }
  });

  it("refuses a body whose type, size and TEE do not agree", () => {
    const edits: readonly ((bytes: Buffer) => void)[] = [
      (bytes) => bytes.writeUInt16LE(2, 48),
      (bytes) => bytes.writeUInt32LE(584, 50),
      (bytes) => bytes.writeUInt32LE(0, 4),
      (bytes) => bytes.writeUInt16LE(6, 0),
      (bytes) => bytes.writeUInt16LE(3, 2),
    ];
    for (const signed of edits) {
      expect(verifyMinted({ quote: { signed } })).toEqual(refused("malformed"));
    }
  });
});

describe("10.2: what an authentic quote is refused for", () => {
  const body = intelBodyOffset("td15-5");

  it("refuses a TD that can be debugged, and says so where it is accepted", () => {
    const quote = { signed: (bytes: Buffer) => bytes.writeUInt8(1, body + 120) };
    expect(verifyMinted({ quote })).toEqual(refused("policy-denied", "debugger"));
    const claims = claimsOf({ quote, expected: { debug: "accepted" } });
    expect(claims).toMatchObject({ dbgstat: "enabled", tdx_td_attributes_debug: true });
  });

  it("refuses an enclave that can be debugged", () => {
    const quote = { signed: (bytes: Buffer) => bytes.writeUInt8(0x07, 48 + 48) };
    expect(verifyMinted({ kind: "sgx3", quote })).toEqual(refused("policy-denied", "debugger"));
  });

  it("refuses other attributes that make a TD untrusted, whatever is accepted", () => {
    const quote = { signed: (bytes: Buffer) => bytes.writeUInt8(0x10, body + 120) };
    const expected = { debug: "accepted" } as const;
    expect(verifyMinted({ quote, expected })).toEqual(refused("policy-denied", "untrusted"));
  });

  it.each([
    [8, "untrusted"],
    [15, "untrusted"],
    [16, undefined],
    [17, undefined],
    [18, "untrusted"],
    [26, "untrusted"],
    [27, undefined],
    [31, undefined],
    [32, undefined],
    [61, undefined],
  ])("refuses a security attribute that nobody knows, bit %i among them: %s", (bit, reason) => {
    const signed = (bytes: Buffer) => {
      bytes.writeUInt8(1 << (bit % 8), body + 120 + Math.floor(bit / 8));
    };
    const verdict = verifyMinted({ quote: { signed } });
    expect(verdict).toMatchObject(
      reason === undefined ? { kind: "verified" } : refused("policy-denied", reason),
    );
  });

  it("refuses a migratable TD unless that is accepted", () => {
    const quote = { signed: (bytes: Buffer) => bytes.writeUInt8(0x30, body + 123) };
    expect(verifyMinted({ quote })).toEqual(refused("policy-denied", "migratable"));
    expect(verifyMinted({ quote, expected: { migratable: "accepted" } }).kind).toBe("verified");
  });
});

describe("a quote without its platform's certificate", () => {
  it("needs that certificate among the endorsements, and takes the one whose key signed", () => {
    const quote = { certificates: [] };
    expect(verifyMinted({ quote })).toEqual(refused("endorsements-unavailable", "pck"));
    const bundle = (all: Record<string, string>, pki: IntelPki) => {
      all["pck_certificate_chain"] = pemOf("CERTIFICATE", pki.pck.der);
    };
    expect(verifyMinted({ quote, bundle }).kind).toBe("verified");
    const foreign = (all: Record<string, string>) => {
      all["pck_certificate_chain"] = pemOf("CERTIFICATE", mintIntelPki().pck.der);
    };
    expect(verifyMinted({ quote, bundle: foreign })).toEqual(refused("endorsements-unavailable"));
  });
});
