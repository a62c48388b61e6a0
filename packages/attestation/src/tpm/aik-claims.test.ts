// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { anchorOf, json, key, quote, signature } from "../__fixtures__/anchored-quotes.ts";
import { pcrBanks } from "../__fixtures__/test-quote.ts";
import { keyFingerprint } from "../ek/attestation-anchors.ts";
import { toAikClaims } from "./aik-claims.ts";
import { collectTpmEvidence } from "./collect-tpm-evidence.ts";
import { toTpmClaims } from "./tpm-claims.ts";
import { verifyAnchoredQuotes } from "./verify-anchored-quotes.ts";

const anchor = anchorOf(key);
const evidence = collectTpmEvidence([
  json({
    quotes: [
      {
        quote: Buffer.from(quote).toString("hex"),
        sig: Buffer.from(signature).toString("hex"),
        pcrs: pcrBanks(),
      },
    ],
  }),
  key.akPublic,
]);

describe("an attestation key in azure's words", () => {
  it("has the hash of its public key in base64, and the version of its tpm", () => {
    const spki = anchor.key.export({ type: "spki", format: "der" });
    expect(toAikClaims(anchor.key, true)).toEqual({
      ...{ aikPubHash: createHash("sha256").update(spki).digest("base64") },
      ...{ aikValidated: true, tpmVersion: 2 },
    });
  });

  it.each([
    ["by a certificate", anchor.root.fingerprint, true],
    ["by its own name alone", keyFingerprint(anchor.key), false],
  ])("is validated %s: %s", (_, fingerprint, aikValidated) => {
    const named = { ...anchor, root: { ...anchor.root, fingerprint } };
    const verdict = verifyAnchoredQuotes(evidence, [named], "unbound");
    expect(verdict.kind === "verified" && toTpmClaims(verdict.claims)).toMatchObject({
      aikValidated,
    });
  });
});
