// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { createAmdVendor, makeAmdReport, mintIntelEvidence } from "@strongroom/testing";
import { expectation } from "./__fixtures__/intel.ts";
import type { CertifiedPlatform } from "./dcap/certified-platform.ts";
import { readDcapEndorsements } from "./dcap/dcap-endorsements.ts";
import { verifyDcapQuote } from "./dcap/verify-dcap-quote.ts";
import type { AmdEndorser, AmdTrust } from "./snp/endorse-amd-key.ts";
import { verifySnp } from "./snp/verify-snp-report.ts";
import type { Verdict } from "./verdict.ts";
import { cacheKey, VerifiedCache, windowAround } from "./verified-cache.ts";

const instant = (text: string) => new Date(text);
const june = instant("2026-06-01T00:00:00Z");

/** Counts what was asked for and found. */
function counting<T>(limit = 8) {
  const counts = { hits: 0, kept: 0 };
  class CountingCache extends VerifiedCache<T> {
    override get(key: string, at: Date): T | undefined {
      const found = super.get(key, at);
      counts.hits += found === undefined ? 0 : 1;
      return found;
    }
    override set(...entry: Parameters<VerifiedCache<T>["set"]>): void {
      counts.kept += 1;
      super.set(...entry);
    }
  }
  return { cache: new CountingCache(limit), counts };
}

describe("a cache of what was verified", () => {
  it("answers between the dates that the answer follows from, both excluded", () => {
    const cache = new VerifiedCache<string>(2);
    const dates = ["2026-01-01Z", "2026-05-31Z", "2026-07-01Z", "2027-01-01Z"].map(instant);
    cache.set("key", "value", windowAround(dates, june));
    expect(cache.get("key", june)).toBe("value");
    expect(cache.get("other", june)).toBeUndefined();
    for (const at of ["2026-05-31Z", "2026-07-01Z", "2026-01-02Z", "2027-02-01Z"].map(instant)) {
      expect(cache.get("key", at)).toBeUndefined();
    }
  });

  it("keeps nothing for an instant that is itself one of the dates", () => {
    const cache = new VerifiedCache<string>(2);
    cache.set("key", "value", windowAround([june], june));
    for (const milliseconds of [-1, 0, 1]) {
      expect(cache.get("key", new Date(june.getTime() + milliseconds))).toBeUndefined();
    }
  });

  it("keeps as many as it may, and lets go of the one that was not asked for the longest", () => {
    const cache = new VerifiedCache<number>(2);
    const always = windowAround([], june);
    cache.set("a", 1, always);
    cache.set("b", 2, always);
    expect(cache.get("a", june)).toBe(1);
    cache.set("c", 3, always);
    expect(["a", "b", "c"].map((key) => cache.get(key, june))).toEqual([1, undefined, 3]);
    cache.set("c", 4, always);
    expect(["a", "c"].map((key) => cache.get(key, june))).toEqual([1, 4]);
  });

  it("has keys in which nothing can be shifted from one part to the next", () => {
    expect(cacheKey(["ab", "c"])).not.toBe(cacheKey(["a", "bc"]));
    expect(cacheKey(["ab"])).toMatch(/^[0-9a-f]{64}$/u);
  });
});

describe("10.1 items 15 and 19: a chain of AMD's that was verified before", () => {
  const vendor = createAmdVendor("Milan");
  const { ark, ask, asvk } = vendor.fingerprints;
  const root = { name: "test", class: "software" as const, product: "Milan" as const };
  const trusted = (class_: "software" | "hardware", cache: AmdTrust["cache"]): AmdTrust => ({
    roots: [{ ...root, class: class_, ark, ask: [ask], asvk: [asvk] }],
    revocation: "if-given",
    ...(cache === undefined ? {} : { cache }),
  });
  const certificates = [vendor.leaf(), vendor.ask, vendor.ark];
  const nextUpdate = instant("2026-07-01T00:00:00Z");
  const crls = [vendor.crl({ nextUpdate })];
  const attempt = (trust: AmdTrust, at = june, lists = crls, certs = certificates) =>
    verifySnp(
      {
        report: vendor.sign(makeAmdReport(vendor)),
        endorsements: { certificates: certs, crls: lists },
      },
      trust,
      { reportData: "unbound" },
      at,
    );

  it("is used again, and asked for its dates and its list's at each use", () => {
    const { cache, counts } = counting<readonly Verdict<AmdEndorser>[]>();
    const trust = trusted("software", cache);
    expect(attempt(trust).kind).toBe("verified");
    expect(attempt(trust).kind).toBe("verified");
    expect(counts).toEqual({ hits: 1, kept: 1 });
    expect(attempt(trust, instant("2026-07-01T00:00:01Z"))).toMatchObject({ class: "expired" });
    expect(attempt(trust, instant("2033-01-01T00:00:00Z"), [])).toMatchObject({ class: "expired" });
    expect(counts).toEqual({ hits: 1, kept: 1 });
  });

  it("is another one under other roots, another class, another list, another certificate", () => {
    const { cache, counts } = counting<readonly Verdict<AmdEndorser>[]>();
    const trust = trusted("software", cache);
    expect(attempt(trust).kind).toBe("verified");
    expect(attempt({ ...trust, roots: [] })).toMatchObject({ class: "untrusted-chain" });
    expect(attempt(trusted("hardware", cache))).toMatchObject({
      claims: { endorser: { root: { class: "hardware" } } },
    });
    expect(attempt({ ...trust, revocation: "required" }, june, [])).toMatchObject({
      class: "endorsements-unavailable",
    });
    const revoked = [vendor.crl({ revoked: [0x10001], nextUpdate })];
    expect(attempt(trust, june, revoked)).toMatchObject({ class: "revoked" });
    // The same key, names and validity, and other bytes: a certificate that was altered.
    const altered = vendor
      .leaf()
      .map((byte, index, all) => (index === all.length - 1 ? byte ^ 1 : byte));
    expect(attempt(trust, june, crls, [altered, vendor.ask, vendor.ark])).toMatchObject({
      class: "untrusted-chain",
    });
    expect(counts).toEqual({ hits: 0, kept: 2 });
  });
});

describe("10.1 items 15 and 19: a platform of Intel's that was verified before", () => {
  const evidence = mintIntelEvidence();
  const roots = [{ name: "ours", class: "software" as const, fingerprint: evidence.fingerprint }];
  const endorsements = readDcapEndorsements([evidence.endorsements]);
  const verify = (cache: VerifiedCache<CertifiedPlatform>, quote = evidence.quote, at = june) =>
    verifyDcapQuote(quote, expectation, { endorsements, roots, cache }, at);

  it("is used again with the same outcome, and asked for its dates at each use", () => {
    const { cache, counts } = counting<CertifiedPlatform>();
    const first = verify(cache);
    expect(first.kind).toBe("verified");
    expect(verify(cache)).toEqual(first);
    expect(counts).toEqual({ hits: 1, kept: 1 });
    expect(verify(cache, evidence.quote, instant("2026-07-01T00:00:01Z"))).toMatchObject({
      class: "expired",
    });
    expect(verify(cache, evidence.quote, instant("2026-04-30T23:59:59Z"))).toMatchObject({
      class: "expired",
    });
    expect(counts).toEqual({ hits: 1, kept: 1 });
  });

  it("vouches for no quote: its signatures, its enclave and what is expected are looked at", () => {
    const { cache } = counting<CertifiedPlatform>();
    expect(verify(cache).kind).toBe("verified");
    const changed = evidence.quote.map((byte, index) => (index === 200 ? byte ^ 1 : byte));
    expect(verify(cache, changed)).toMatchObject({ class: "bad-signature" });
    const trust = { endorsements, roots, cache };
    const reportData = new Uint8Array(64);
    expect(
      verifyDcapQuote(evidence.quote, { ...expectation, reportData }, trust, june),
    ).toMatchObject({ class: "binding-mismatch" });
    const minimumTcbEvaluationDataNumber = 21;
    expect(
      verifyDcapQuote(
        evidence.quote,
        { ...expectation, minimumTcbEvaluationDataNumber },
        trust,
        june,
      ),
    ).toMatchObject({ class: "endorsements-unavailable" });
  });

  it("is another one under other roots and with other endorsements", () => {
    const { cache, counts } = counting<CertifiedPlatform>();
    expect(verify(cache).kind).toBe("verified");
    const none = { endorsements, roots: [], cache };
    expect(verifyDcapQuote(evidence.quote, expectation, none, june)).toMatchObject({
      class: "untrusted-chain",
    });
    const others = readDcapEndorsements([mintIntelEvidence().endorsements]);
    const foreign = { endorsements: others, roots, cache };
    expect(verifyDcapQuote(evidence.quote, expectation, foreign, june).kind).toBe("refused");
    expect(counts).toEqual({ hits: 0, kept: 1 });
  });
});
