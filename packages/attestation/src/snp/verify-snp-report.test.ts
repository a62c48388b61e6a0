// SPDX-License-Identifier: Apache-2.0
import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { equalBytes } from "@strongroom/core";
import {
  type AmdCrlRequest,
  type AmdLeafRequest,
  type AmdReportRequest,
  type AmdVendor,
  amdSerial,
  createAmdVendor,
  makeAmdReport,
} from "@strongroom/testing";
import { amdRoots } from "./amd-roots.ts";
import { type AmdTrust, endorseAmdKeys } from "./endorse-amd-key.ts";
import { type SnpExpectation, verifySnp, verifySnpReport } from "./verify-snp-report.ts";

const at = new Date("2026-06-01T00:00:00Z");
const vendors = {
  Milan: createAmdVendor("Milan"),
  Genoa: createAmdVendor("Genoa"),
  Turin: createAmdVendor("Turin"),
};
const { Milan: milan, Turin: turin } = vendors;

function trusting(vendor: AmdVendor, revocation: AmdTrust["revocation"] = "if-given"): AmdTrust {
  const { ark, ask, asvk } = vendor.fingerprints;
  const root = { name: "test", class: "software" as const, product: vendor.product };
  return { roots: [{ ...root, ark, ask: [ask], asvk: [asvk] }], revocation };
}

interface Case {
  readonly vendor?: AmdVendor;
  readonly leaf?: AmdLeafRequest;
  readonly report?: AmdReportRequest;
  readonly crl?: AmdCrlRequest;
  readonly crls?: readonly Uint8Array[];
  readonly trust?: AmdTrust;
  readonly expected?: SnpExpectation;
  readonly at?: Date;
  readonly certificates?: readonly Uint8Array[];
  readonly change?: (signed: Uint8Array) => void;
}

function attempt(changes: Case = {}) {
  const vendor = changes.vendor ?? milan;
  const report = vendor.sign(makeAmdReport(vendor, changes.report));
  changes.change?.(report);
  const usual = [vendor.leaf(changes.leaf), vendor.ask, vendor.asvk, vendor.ark];
  const crls = changes.crl === undefined ? [] : [vendor.crl(changes.crl)];
  const endorsements = {
    certificates: changes.certificates ?? usual,
    crls: changes.crls ?? crls,
  };
  const expected = changes.expected ?? { reportData: new Uint8Array(64) };
  const trust = changes.trust ?? trusting(vendor);
  return verifySnp({ report, endorsements }, trust, expected, changes.at ?? at);
}

const arc = "1.3.6.1.4.1.3704.1";
const vlek = {
  leaf: { kind: "vlek" },
  report: { flags: 0x4, chipId: new Uint8Array(64) },
} as const;
const tcbOf = (...parts: readonly number[]) => Uint8Array.from(parts);

describe("an SEV-SNP report", () => {
  it.each([
    ["Milan", 2],
    ["Milan", 3],
    ["Genoa", 2],
    ["Genoa", 5],
    ["Turin", 4],
    ["Turin", 5],
  ] as const)("of %s in version %i is verified under its vendor's root", (product, version) => {
    const verdict = attempt({ vendor: vendors[product], report: { version } });
    expect(verdict).toMatchObject({
      kind: "verified",
      claims: { binding: "bound", findings: [], endorser: { leaf: { product } } },
    });
  });

  it("of a test vendor is refused under AMD's roots", () => {
    const trust = { roots: amdRoots, revocation: "if-given" } as const;
    expect(attempt({ trust })).toMatchObject({ class: "endorsements-unavailable" });
  });

  it("signed by a provider's key is verified, its chip unnamed", () => {
    expect(attempt(vlek)).toMatchObject({
      kind: "verified",
      claims: { endorser: { leaf: { holder: { kind: "vlek", cspId: "CN=test.provider" } } } },
    });
  });

  it("of Bergamo or Siena is one of Genoa", () => {
    const bytes = { 393: Uint8Array.of(0xa0) };
    expect(attempt({ vendor: vendors.Genoa, report: { bytes } }).kind).toBe("verified");
  });

  it.each(["Milan", "Milan-B1"])(
    "is verified where its key names the product %s",
    (productName) => {
      expect(attempt({ leaf: { productName } }).kind).toBe("verified");
    },
  );

  it.each([
    ["wrapped", [0x04, 0x40]],
    ["bare", []],
  ])("is verified with a chip id that stands %s in the certificate", (_, prefix) => {
    const hwId = Uint8Array.from([...prefix, ...milan.chip.id]);
    expect(attempt({ leaf: { hwId } }).kind).toBe("verified");
  });

  it("with a masked chip id is verified, and says so", () => {
    expect(attempt({ report: { chipId: new Uint8Array(64) } })).toMatchObject({
      claims: { findings: ["chip-id-masked"] },
    });
  });

  it("with bits of no meaning is verified, and says so", () => {
    const bytes = { 544: Uint8Array.of(1) };
    expect(attempt({ report: { bytes } })).toMatchObject({
      claims: { findings: ["reserved-bits"] },
    });
  });

  it("is verified with its own leaf among others", () => {
    const other = milan.leaf({ hwId: new Uint8Array(64).fill(0x0b) });
    const certificates = [turin.leaf(), other, milan.leaf(), milan.ask, milan.ark];
    expect(attempt({ certificates }).kind).toBe("verified");
  });

  it("keeps what it was when the caller's bytes change", () => {
    const report = milan.sign(makeAmdReport(milan));
    const certificates = [milan.leaf(), milan.ask, milan.ark];
    const evidence = { report, endorsements: { certificates, crls: [] } };
    const verdict = verifySnp(evidence, trusting(milan), { reportData: "unbound" }, at);
    report.fill(0xff);
    expect(verdict).toMatchObject({
      kind: "verified",
      claims: { binding: "unbound", report: { reportData: new Uint8Array(64) } },
    });
  });
});

const refusals: readonly (readonly [string, string, Case])[] = [
  ["of version 1", "malformed", { report: { version: 1 } }],
  ["of version 6", "malformed", { report: { version: 6 } }],
  ["with another algorithm", "malformed", { report: { bytes: { 52: Uint8Array.of(2) } } }],
  ["signed by a key of unknown kind", "malformed", { report: { flags: 2 << 2 } }],
  [
    "whose signature is longer than the curve",
    "malformed",
    { change: (r) => r.fill(1, 0x2d0, 0x2d1) },
  ],
  [
    "with one bit of the measurement changed",
    "bad-signature",
    { change: (r) => r.fill(1, 0x90, 0x91) },
  ],
  ["with a signature of zeros", "bad-signature", { change: (r) => r.fill(0, 0x2a0) }],
  ["with a signature in the wrong order", "bad-signature", { change: swapEndian }],
  ["with the chip's key masked", "bad-signature", { report: { flags: 0b10 } }],
  ["without a signing key", "bad-signature", { report: { flags: 7 << 2 } }],
  [
    "for another challenge",
    "binding-mismatch",
    { expected: { reportData: new Uint8Array(64).fill(1) } },
  ],
  [
    "bound in its first 32 bytes only",
    "binding-mismatch",
    { report: { reportData: new Uint8Array(64).fill(1, 63) } },
  ],
  [
    "of another chip than its key",
    "untrusted-chain",
    { leaf: { hwId: new Uint8Array(64).fill(2) } },
  ],
  [
    "of Turin whose chip id goes on after eight bytes",
    "untrusted-chain",
    { vendor: turin, report: { bytes: { 432: Uint8Array.of(1) } } },
  ],
  [
    "of another product than its key",
    "untrusted-chain",
    { report: { bytes: { 393: Uint8Array.of(0x11) } } },
  ],
  [
    "of an unknown processor",
    "untrusted-chain",
    { report: { bytes: { 392: Uint8Array.of(0x1b) } } },
  ],
  [
    "whose key is of the current TCB and not of the reported",
    "untrusted-chain",
    {
      report: {
        currentTcb: tcbOf(4, 0, 0, 0, 0, 0, 25, 0xdb),
        reportedTcb: tcbOf(4, 0, 0, 0, 0, 0, 23, 0xdb),
      },
      leaf: { tcb: tcbOf(4, 0, 0, 0, 0, 0, 25, 0xdb) },
    },
  ],
  [
    "whose key has its security versions in another order",
    "untrusted-chain",
    { leaf: { tcb: tcbOf(0xdb, 24, 0, 0, 0, 0, 0, 4) } },
  ],
  ["of a chip's key by the provider's issuer", "untrusted-chain", { leaf: { kind: "vlek" } }],
  ["of a provider's key that says it is a chip's", "untrusted-chain", { report: { flags: 0x4 } }],
  ["whose key has expired", "expired", { at: new Date("2033-01-01T00:00:00Z") }],
  ["whose key is not yet valid", "expired", { at: new Date("2021-01-01T00:00:00Z") }],
  ["without certificates", "endorsements-unavailable", { certificates: [] }],
  [
    "without its signer's certificate",
    "endorsements-unavailable",
    { certificates: [milan.leaf(), milan.ark] },
  ],
  [
    "without the root's certificate",
    "endorsements-unavailable",
    { certificates: [milan.leaf(), milan.ask] },
  ],
  [
    "whose key is one of P-256",
    "untrusted-chain",
    { leaf: { publicKey: generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey } },
  ],
  [
    "whose key has a critical extension of unknown meaning",
    "untrusted-chain",
    { leaf: { extensions: { "1.2.3.4": Uint8Array.of(5, 0) }, criticalExtension: "1.2.3.4" } },
  ],
  [
    "whose key does not say its microcode",
    "malformed",
    { leaf: { extensions: { [`${arc}.3.8`]: undefined } } },
  ],
  [
    "whose key says a microcode of two bytes",
    "malformed",
    { leaf: { extensions: { [`${arc}.3.8`]: Uint8Array.of(2, 2, 1, 0) } } },
  ],
  [
    "whose key is a chip's and a provider's",
    "malformed",
    { leaf: { extensions: { [`${arc}.5`]: Uint8Array.of(0x16, 1, 0x41) } } },
  ],
  ["whose key has a short chip id", "malformed", { leaf: { hwId: milan.chip.id.slice(1) } }],
  ["whose key names an unknown product", "malformed", { leaf: { productName: "Venice" } }],
  ["whose signer was revoked", "revoked", { crl: { revoked: [amdSerial.ask] } }],
  [
    "with a list that has expired",
    "expired",
    { crl: { nextUpdate: new Date("2026-05-31T00:00:00Z") } },
  ],
  [
    "with a list of the future",
    "expired",
    { crl: { thisUpdate: new Date("2026-06-02T00:00:00Z") } },
  ],
  ["with a list that is garbage", "malformed", { crls: [Uint8Array.of(0x30, 0x01, 0x00)] }],
  [
    "with a list that somebody else signed",
    "untrusted-chain",
    { crls: [createAmdVendor("Milan").crl()] },
  ],
  [
    "without the list that is required",
    "endorsements-unavailable",
    { trust: trusting(milan, "required") },
  ],
  [
    "with another root's list in place of the required one",
    "endorsements-unavailable",
    { trust: trusting(milan, "required"), crls: [turin.crl()] },
  ],
];

function swapEndian(report: Uint8Array): void {
  for (const start of [0x2a0, 0x2e8]) {
    report.subarray(start, start + 48).reverse();
  }
}

describe("an SEV-SNP report is refused", () => {
  it.each(refusals)("%s: %s", (_, refusal, changes) => {
    expect(attempt(changes)).toMatchObject({ kind: "refused", class: refusal });
  });

  it("signed under certificates that only have the names of pinned ones", () => {
    const forger = createAmdVendor("Milan");
    const certificates = [forger.leaf(), forger.ask, forger.ark, milan.ask, milan.ark];
    expect(attempt({ vendor: forger, certificates, trust: trusting(milan) })).toMatchObject({
      class: "untrusted-chain",
    });
  });

  it.each([0, 1183, 1185])("of %i bytes", (length) => {
    const evidence = {
      report: new Uint8Array(length),
      endorsements: { certificates: [], crls: [] },
    };
    expect(verifySnp(evidence, trusting(milan), { reportData: "unbound" }, at)).toMatchObject({
      class: "malformed",
    });
  });

  it("never for want of an expectation: that is an error of the caller", () => {
    for (const reportData of [undefined, new Uint8Array(32), "00".repeat(64)]) {
      expect(() => attempt({ expected: { reportData } as never })).toThrow(/64 bytes/u);
    }
  });
});

describe("revocation", () => {
  it("is checked where a list is given, and says so", () => {
    const trust = trusting(milan, "required");
    expect(attempt({ trust, crl: { revoked: [amdSerial.asvk] } })).toMatchObject({
      claims: { endorser: { revocation: "checked" } },
    });
    expect(attempt()).toMatchObject({ claims: { endorser: { revocation: "unbound" } } });
  });
});

describe("a key that was endorsed", () => {
  const endorsements = { certificates: [milan.leaf(), milan.ask, milan.ark], crls: [] };
  const unbound = { reportData: "unbound" } as const;
  const late = new Date("2033-01-01T00:00:00Z");

  it("is refused outside of its chain's dates, and later where it was kept", () => {
    expect(endorseAmdKeys(endorsements, trusting(milan), late)).toMatchObject([
      { class: "expired" },
    ]);
    const [kept] = endorseAmdKeys(endorsements, trusting(milan), at);
    if (kept?.kind !== "verified") {
      throw new Error("not endorsed");
    }
    const report = milan.sign(makeAmdReport(milan));
    expect(verifySnpReport(report, kept.claims, unbound, at).kind).toBe("verified");
    expect(verifySnpReport(report, kept.claims, unbound, late)).toMatchObject({ class: "expired" });
  });
});

describe("mutated reports", () => {
  it("are verified only where nothing that is signed has changed", () => {
    const good = milan.sign(makeAmdReport(milan));
    const certificates = [milan.leaf(), milan.ask, milan.ark];
    let seed = 7;
    const random = (below: number) => {
      seed = (seed * 1103515245 + 12345) % 2147483648;
      return seed % below;
    };
    for (let round = 0; round < 300; round += 1) {
      const report = good.slice(0, random(10) === 0 ? random(1184) : 1184);
      report.set([random(256)], random(report.length));
      const evidence = { report, endorsements: { certificates, crls: [] } };
      const verdict = verifySnp(evidence, trusting(milan), { reportData: "unbound" }, at);
      const isSame =
        report.length === 1184 && equalBytes(report.slice(0, 0x330), good.slice(0, 0x330));
      expect(verdict.kind).toBe(isSame ? "verified" : "refused");
    }
  });
});
