// SPDX-License-Identifier: Apache-2.0
/** A platform of Intel's that is kept: until the first date of anything that it follows from. */

import { describe, expect, it } from "@jest/globals";
import {
  type IntelEvidenceChanges,
  type IntelPki,
  mintIntelCrl,
  mintIntelEvidence,
} from "@strongroom/testing";
import { at, expectation } from "../__fixtures__/intel.ts";
import { VerifiedCache } from "../verified-cache.ts";
import type { CertifiedPlatform } from "./certified-platform.ts";
import { readDcapEndorsements } from "./dcap-endorsements.ts";
import { verifyDcapQuote } from "./verify-dcap-quote.ts";

const end = "2026-06-15T00:00:00Z";
const nextUpdate = new Date(end);
const statement = (one: object) => Object.assign(one, { nextUpdate: end });
const lists = (role: "root" | "ca") => (pki: IntelPki) => {
  const crl = mintIntelCrl({ issuer: pki[role], nextUpdate });
  return role === "root" ? { rootCrl: crl } : { pckCrl: crl };
};

describe("a platform that was verified before", () => {
  it.each<[string, IntelEvidenceChanges]>([
    ["the root's list", { endorsements: lists("root") }],
    ["its CA's list", { endorsements: lists("ca") }],
    ["the TCB info", { endorsements: { tcbInfo: statement } }],
    ["the quoting enclave's identity", { endorsements: { identity: statement } }],
    ["its certificate", { pki: { pck: { notAfter: nextUpdate } } }],
    ["its signer's certificate", { pki: { signer: { notAfter: nextUpdate } } }],
  ])("is verified anew when it has ended: %s", (_, changes) => {
    const { quote, endorsements, fingerprint } = mintIntelEvidence(changes);
    const trust = {
      endorsements: readDcapEndorsements([endorsements]),
      roots: [{ name: "ours", class: "software" as const, fingerprint }],
      cache: new VerifiedCache<CertifiedPlatform>(2),
    };
    const judge = (when: Date) => verifyDcapQuote(quote, expectation, trust, when);
    expect([judge(at).kind, judge(at).kind]).toEqual(["verified", "verified"]);
    const late = new Date(nextUpdate.getTime() + 1000);
    expect(judge(late)).toMatchObject({ kind: "refused", class: "expired" });
  });
});
