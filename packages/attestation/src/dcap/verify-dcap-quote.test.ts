// SPDX-License-Identifier: Apache-2.0
import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import {
  encodePlatform,
  type IntelEvidenceChanges,
  type IntelQuoteKind,
  intelBodyOffset,
  mintIntelCrl,
  mintIntelEndorsements,
  mintIntelEvidence,
  mintIntelPki,
  mintIntelQuote,
} from "@strongroom/testing";
import { at, type Expected, expectation, verifyEvidence } from "../__fixtures__/intel.ts";
import { toDcapClaims } from "./dcap-claims.ts";
import { readDcapEndorsements } from "./dcap-endorsements.ts";
import { intelSgxRoots } from "./dcap-root.ts";
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

describe("a quote of a vendor that is trusted", () => {
  it.each(kinds)("is verified: %s", (kind) => {
    const type = kind.startsWith("sgx") ? "sgx" : "tdxvm";
    expect(claimsOf({ kind })).toMatchObject({
      ...{ "x-ms-attestation-type": type, "x-strongroom-tcb-status": "UpToDate" },
      ...{ "x-strongroom-class": "software", "x-strongroom-fmspc": "00906ed50000" },
    });
  });

  it.each(kinds)("is refused under Intel's own root: %s", (kind) => {
    const pki = mintIntelPki();
    const bundle = Buffer.from(JSON.stringify(mintIntelEndorsements(kind, pki)));
    const trust = { endorsements: readDcapEndorsements([bundle]), roots: intelSgxRoots };
    expect(verifyDcapQuote(mintIntelQuote(kind, pki), expectation, trust, at)).toEqual(
      refused("untrusted-chain", "configured root"),
    );
  });

  it("names measurements and attributes as Azure Attestation does", () => {
    expect(claimsOf({})).toMatchObject({
      ...{ tdx_mrtd: "77".repeat(48), tdx_report_data: "d0".repeat(64), dbgstat: "disabled" },
      ...{ intuse: "generic", eat_profile: "https://aka.ms/maa-eat-profile-tdxvm" },
      ...{ tdx_td_attributes_septve_disable: true, tdx_td_attributes_debug: false },
      ...{ attester_tcb_status: "UpToDate", tdx_rtmr3: "00".repeat(48) },
    });
  });

  it("may be followed by what a driver left behind, which is not parsed", () => {
    const verdict = verifyMinted({ trailing: Buffer.alloc(3_065, 0xff) });
    expect(verdict).toMatchObject({ kind: "verified", claims: { quote: { trailing: 3_065 } } });
  });
});

describe("10.1 item 1: the quoting enclave's identity", () => {
  it.each<[string, number, number]>([
    ["mrsigner", 128, 1],
    ["isvprodid", 256, 3],
    ["attributes", 48, 0x13],
    ["miscselect", 16, 1],
  ])("refuses an enclave of another %s", (field, offset, value) => {
    const qeReport = (report: Buffer) => report.writeUInt8(value, offset);
    expect(verifyMinted({ quote: { qeReport } })).toEqual(refused("untrusted-chain", field));
  });

  it("refuses an identity that its signer did not sign, and one that nobody sent", () => {
    expect(verifyMinted({ endorsements: { signerKey: otherKey } })).toEqual(
      refused("bad-signature", "identity"),
    );
    const bundle = (all: Record<string, string>) => {
      delete all["qe_identity"];
    };
    expect(verifyMinted({ bundle })).toEqual(refused("endorsements-unavailable", "identity"));
  });

  it("counts the quoting enclave's own version", () => {
    const qeReport = (report: Buffer) => report.writeUInt16LE(3, 258);
    expect(verifyMinted({ quote: { qeReport } })).toEqual(refused("tcb-out-of-date"));
  });
});

describe("10.1 item 2: vendor, module, and components that are missing", () => {
  it("refuses a quote of another vendor's quoting enclave", () => {
    const signed = (bytes: Buffer) => bytes.fill(0, 12, 28);
    expect(verifyMinted({ quote: { signed } })).toEqual(refused("malformed", "quoting enclave"));
  });

  it.each<[string, number]>([
    ["signer", 64],
    ["attributes", 112],
  ])("refuses a TDX module of another %s", (_, offset) => {
    const signed = (bytes: Buffer) => bytes.writeUInt8(1, intelBodyOffset("td15-5") + offset);
    expect(verifyMinted({ quote: { signed } })).toEqual(refused("tcb-out-of-date", "tdx module"));
  });

  it("refuses a TDX module of a version that the TCB info does not know", () => {
    const signed = (bytes: Buffer) => bytes.writeUInt8(7, intelBodyOffset("td15-5") + 1);
    expect(verifyMinted({ quote: { signed } })).toEqual(refused("tcb-out-of-date", "tdx module"));
  });

  it.each(["sgxtcbcomponents", "tdxtcbcomponents"])("refuses a list of 15 %s", (list) => {
    const tcbInfo = (info: { tcbLevels: { tcb: Record<string, unknown[]> }[] }) =>
      info.tcbLevels[0]?.tcb[list]?.pop();
    expect(() => verifyMinted({ endorsements: { tcbInfo } })).toThrow(/15 components/);
  });

  it("refuses a platform of which one component is below every level", () => {
    const components = [5, 5, 5, 5, 5, 5, 5, 2, ...Array<number>(8).fill(0)];
    const pki = { pck: { platform: encodePlatform(components) } };
    expect(verifyMinted({ pki })).toEqual(refused("tcb-out-of-date", "reaches no tcb level"));
  });

  it("refuses a platform of which one component is below the newest level only", () => {
    const components = [5, 5, 5, 5, 5, 5, 5, 4, ...Array<number>(8).fill(0)];
    const pki = { pck: { platform: encodePlatform(components) } };
    expect(verifyMinted({ pki })).toEqual(refused("tcb-out-of-date", "OutOfDate"));
    expect(verifyMinted({ pki, expected: { acceptedTcb: ["OutOfDate"] } }).kind).toBe("verified");
  });

  it("refuses a platform whose PCE is older", () => {
    const pki = { pck: { platform: encodePlatform(undefined, 12) } };
    expect(verifyMinted({ pki })).toEqual(refused("tcb-out-of-date", "reaches no tcb level"));
  });
});

describe("10.1 item 3: revocation lists are asked", () => {
  it("refuses a list that is none", () => {
    const rootCrl = Uint8Array.of(0x30, 0x82, 0, 1, 0, ...Array<number>(80).fill(0));
    expect(() => verifyMinted({ endorsements: { rootCrl } })).toThrow();
  });

  it.each<[string, NonNullable<IntelCase["endorsements"]>]>([
    ["PCK", (pki) => ({ pckCrl: mintIntelCrl({ issuer: pki.ca, revoked: [9, pki.pck.serial] }) })],
    ["PCK's CA", (pki) => ({ rootCrl: mintIntelCrl({ issuer: pki.root, revoked: [2] }) })],
    ["signer", (pki) => ({ rootCrl: mintIntelCrl({ issuer: pki.root, revoked: [3] }) })],
  ])("refuses a %s that was revoked", (_, endorsements) => {
    expect(verifyMinted({ endorsements })).toEqual(refused("revoked"));
  });

  it.each(["root_ca_crl", "pck_crl"])("refuses where the list is missing: %s", (name) => {
    const bundle = (all: Record<string, string>) => {
      delete all[name];
    };
    expect(verifyMinted({ bundle })).toEqual(refused("endorsements-unavailable", "crl"));
  });

  it("refuses a list that another key signed, and one that is too old", () => {
    const forged = verifyMinted({
      endorsements: (pki) => ({ pckCrl: mintIntelCrl({ issuer: pki.ca, signedBy: otherKey }) }),
    });
    expect(forged).toEqual(refused("bad-signature", "crl"));
    const nextUpdate = new Date("2026-05-01T00:00:00Z");
    const old = verifyMinted({
      endorsements: (pki) => ({ pckCrl: mintIntelCrl({ issuer: pki.ca, nextUpdate }) }),
    });
    expect(old).toEqual(refused("expired", "crl"));
  });
});

describe("10.1 item 6: every signature is fatal", () => {
  it.each<[string, NonNullable<IntelCase["quote"]>]>([
    ["the body", { finished: (quote) => quote.writeUInt8(1, intelBodyOffset("td15-5") + 136) }],
    [
      "the body's size field's neighbour, user data",
      { finished: (quote) => quote.writeUInt8(1, 40) },
    ],
    ["the report of the quoting enclave", { pckKey: otherKey }],
    [
      "the binding of the attestation key",
      { qeReport: (report) => report.writeUInt8(255 - report.readUInt8(330), 330) },
    ],
    ["what follows the binding", { qeReport: (report) => report.writeUInt8(1, 383) }],
  ])("refuses a fault in %s", (_, quote) => {
    expect(verifyMinted({ quote })).toEqual(refused("bad-signature"));
  });
});
