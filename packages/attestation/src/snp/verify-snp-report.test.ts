// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { equalBytes } from "@strongroom/core";
import { amdSerial, makeAmdReport } from "@strongroom/testing";
import {
  at,
  attempt,
  milan,
  trusting,
  turin,
  vendors,
  vlek,
} from "../__fixtures__/snp-attempts.ts";
import { amdRoots } from "./amd-roots.ts";
import { endorseAmdKeys } from "./endorse-amd-key.ts";
import { verifySnp, verifySnpReport } from "./verify-snp-report.ts";

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

  it("is verified with its chain behind fifteen other keys, or behind one that came often", () => {
    const others = Array.from({ length: 16 }, (_, index) =>
      milan.leaf({ hwId: new Uint8Array(64).fill(index + 0x10) }),
    );
    const own = [milan.leaf(), milan.ask, milan.ark];
    const [first = new Uint8Array()] = others;
    expect(attempt({ certificates: [...others.slice(1), ...own] }).kind).toBe("verified");
    expect(attempt({ certificates: [...Array(40).fill(first), ...own] }).kind).toBe("verified");
    expect(attempt({ certificates: [...others, ...own] }).kind).toBe("refused");
    expect(attempt({ certificates: [...Array(64).fill(first), ...own] }).kind).toBe("refused");
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
