// SPDX-License-Identifier: Apache-2.0
/** SEV-SNP reports that are refused, each with its class. */

import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { amdSerial, createAmdVendor } from "@strongroom/testing";
import {
  arc,
  at,
  attempt,
  type Case,
  milan,
  tcbOf,
  trusting,
  turin,
} from "../__fixtures__/snp-attempts.ts";
import { verifySnp } from "./verify-snp-report.ts";

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
  [
    "whose key names a product that its issuer is not of",
    "untrusted-chain",
    { report: { version: 2 }, leaf: { productName: "Genoa" } },
  ],
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
