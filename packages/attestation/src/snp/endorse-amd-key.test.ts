// SPDX-License-Identifier: Apache-2.0
/** Which of the certificates that came are keys of reports, and what is said of those that are not endorsed. */

import { describe, expect, it } from "@jest/globals";
import { sha256, toHex } from "@strongroom/core";
import { arc, at, attempt, milan, trusting, turin, vlek } from "../__fixtures__/snp-attempts.ts";
import { toSnpClaims } from "./snp-claims.ts";

describe("the keys of evidence", () => {
  const expired = milan.leaf({ notAfter: new Date("2026-05-01T00:00:00Z") });
  const chain = [milan.ask, milan.ark];

  it("are those that sign reports: why theirs is refused is what is told, wherever it stands", () => {
    const refused = { class: "expired" };
    expect(attempt({ certificates: [turin.ask, expired, ...chain] })).toMatchObject(refused);
    expect(attempt({ certificates: [expired, turin.ask, ...chain] })).toMatchObject(refused);
    expect(attempt({ certificates: [turin.ask, ...chain] })).toMatchObject({
      class: "endorsements-unavailable",
    });
  });

  it("are valid from their first instant to their last", () => {
    for (const leaf of [{ notBefore: at }, { notAfter: at }]) {
      expect(attempt({ leaf }).kind).toBe("verified");
    }
    for (const leaf of [
      { notBefore: new Date(at.getTime() + 1000) },
      { notAfter: new Date(at.getTime() - 1000) },
    ]) {
      expect(attempt({ leaf })).toMatchObject({ class: "expired" });
    }
  });

  it("are looked for behind any number of pinned certificates", () => {
    const pinned = Array.from({ length: 17 }, (_, index) =>
      milan.leaf({ hwId: new Uint8Array(64).fill(index + 0x10) }),
    );
    const ask = pinned.map((der) => toHex(sha256(der)));
    const { roots, ...trust } = trusting(milan);
    const withMore = {
      ...trust,
      roots: roots.map((root) => ({ ...root, ask: [...root.ask, ...ask] })),
    };
    const certificates = [milan.ask, ...pinned, milan.leaf(), milan.ark];
    expect(attempt({ certificates, trust: withMore }).kind).toBe("verified");
  });

  it("may have an extension that is not AMD's where it is not critical", () => {
    const extensions = { "1.2.3.4": Uint8Array.of(5, 0) };
    expect(attempt({ leaf: { extensions } }).kind).toBe("verified");
    const criticalExtension = `${arc}.1`;
    expect(attempt({ leaf: { criticalExtension } }).kind).toBe("verified");
  });

  it("are named in claims: a chip's by the chip, a provider's by the provider", () => {
    const claims = (verdict: ReturnType<typeof attempt>) =>
      verdict.kind === "verified" ? toSnpClaims(verdict.claims) : {};
    const [chip, provider] = ["x-strongroom-snp-chip-id", "x-strongroom-snp-provider"];
    expect(claims(attempt())).toMatchObject({ [chip]: toHex(milan.chip.id) });
    expect(claims(attempt())).not.toHaveProperty(provider);
    expect(claims(attempt(vlek))).toMatchObject({ [provider]: "CN=test.provider" });
    expect(claims(attempt(vlek))).not.toHaveProperty(chip);
  });
});
