// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { toHex, utf8 } from "@strongroom/core";
import {
  anchorOf,
  attempt,
  hex,
  json,
  key,
  listing,
  quote,
  serializedPcrs,
  sha1,
  signature,
  signed,
  sized,
  stranger,
  values,
  weak,
} from "../__fixtures__/anchored-quotes.ts";
import {
  akAttributes,
  ecdsaKey,
  rsaKey,
  type TestAttestationKey,
} from "../__fixtures__/test-attestation-key.ts";
import { covered, encodeQuote, pcrBanks } from "../__fixtures__/test-quote.ts";
import { toAikClaims } from "./aik-claims.ts";
import { collectTpmEvidence } from "./collect-tpm-evidence.ts";
import { toTpmClaims } from "./tpm-claims.ts";
import { objectAttribute } from "./tpm-public.ts";
import { verifyAnchoredQuotes } from "./verify-anchored-quotes.ts";

describe("a quote by a key that somebody vouches for", () => {
  it.each<[string, readonly Uint8Array[]]>([
    ["files of tpm2_quote", [quote, signature, serializedPcrs()]],
    ["files in hexadecimal", [hex(quote), hex(signature), hex(serializedPcrs())]],
    ["values one after the other", [quote, signature, values]],
    ["what tpm2_pcrread prints", [listing, signature, quote]],
    ["a bare signature", [quote, signature.slice(6), listing]],
    ["sized structures", [sized(quote), signature, listing, sized(key.akPublic)]],
    [
      "json",
      [
        json({
          quote: toHex(quote),
          signature: toHex(signature),
          pcrs: pcrBanks(),
          ak_pub_tpmt_hex: toHex(key.akPublic),
        }),
      ],
    ],
    [
      "json of lists",
      [
        json({
          tpm_quote: { message: [...quote], signature: [...signature], pcrs: pcrBanks()["sha256"] },
        }),
      ],
    ],
  ])("is verified from %s", (_, files) => {
    const verdict = verifyAnchoredQuotes(
      collectTpmEvidence(files),
      [anchorOf(key)],
      new Uint8Array(32).fill(9),
    );
    expect(verdict).toMatchObject({
      kind: "verified",
      claims: { pcrs: pcrBanks(), binding: "bound" },
    });
  });

  it("is refused without an anchor, whatever key comes with it", () => {
    const evidence = collectTpmEvidence([quote, signature, listing, key.akPublic]);
    expect(verifyAnchoredQuotes(evidence, [], "unbound")).toMatchObject({
      class: "untrusted-chain",
    });
    expect(verifyAnchoredQuotes(evidence, [anchorOf(ecdsaKey())], "unbound")).toMatchObject({
      class: "bad-signature",
    });
  });

  it("is refused by a key that signs what somebody wrote, when its attributes are known", () => {
    const free = rsaKey("rsassa", { attributes: akAttributes & ~objectAttribute.restricted });
    const files = [quote, free.sign(quote), listing];
    const check = (more: readonly Uint8Array[]) =>
      verifyAnchoredQuotes(collectTpmEvidence([...files, ...more]), [anchorOf(free)], "unbound");
    expect(check([free.akPublic])).toMatchObject({ class: "untrusted-chain" });
    expect(check([])).toMatchObject({ claims: { findings: ["key-attributes-unknown"] } });
  });

  it.each<[string, string, readonly Uint8Array[], Uint8Array | "unbound"]>([
    ["for another challenge", "binding-mismatch", [quote, signature, listing], utf8("other")],
    [
      "with another value",
      "binding-mismatch",
      [quote, signature, values.map((byte) => byte ^ 1)],
      "unbound",
    ],
    [
      "with a value missing",
      "binding-mismatch",
      [quote, signature, json({ pcrs: pcrBanks([0, 7]) })],
      "unbound",
    ],
    ["with another magic", "malformed", signed({ magic: 0xff544348 }), "unbound"],
    ["of weak banks alone", "policy-denied", weak(), "unbound"],
  ])("is refused %s: %s", (_, refusal, files, extraData) => {
    const evidence = () => collectTpmEvidence(files);
    expect(
      attempt(() => verifyAnchoredQuotes(evidence(), [anchorOf(key)], extraData)),
    ).toMatchObject({
      class: refusal,
    });
  });

  it("says what came without values, and keeps quiet about those registers", () => {
    const evidence = collectTpmEvidence([quote, signature, key.akPublic]);
    const verdict = verifyAnchoredQuotes(evidence, [anchorOf(key)], "unbound");
    expect(verdict).toMatchObject({
      claims: { pcrs: {}, findings: ["pcr-values-missing"], binding: "unbound" },
    });
    const one = { quote: toHex(quote), sig: toHex(signature) };
    const two = json({ quotes: [one, { ...one, pcrs: pcrBanks() }], ak_pub: toHex(key.akPublic) });
    expect(
      verifyAnchoredQuotes(collectTpmEvidence([two]), [anchorOf(key)], "unbound"),
    ).toMatchObject({ claims: { pcrs: pcrBanks(), findings: ["pcr-values-missing"] } });
  });

  it("leaves out the values of a weak bank beside a strong one", () => {
    const [weakQuote, weakSignature] = weak();
    const one = (message: Uint8Array, value: Uint8Array, bank: "sha1" | "sha256") => ({
      ...{ quote: toHex(message), signature: toHex(value), pcrs: pcrBanks(covered, bank) },
    });
    const files = [
      json({ quotes: [one(weakQuote, weakSignature, "sha1"), one(quote, signature, "sha256")] }),
      key.akPublic,
    ];
    const verdict = verifyAnchoredQuotes(collectTpmEvidence(files), [anchorOf(key)], "unbound");
    expect(verdict).toMatchObject({ claims: { findings: ["weak-bank-ignored"] } });
    if (verdict.kind === "verified") {
      expect(toTpmClaims(verdict.claims)).toEqual({
        ...toAikClaims(anchorOf(key).key, true),
        "x-ms-attestation-type": "tpm",
        "x-strongroom-class": "software",
        "x-strongroom-pcrs": pcrBanks(),
        "x-strongroom-root": "00",
        "x-strongroom-tier": "tpm",
        "x-strongroom-tpm-clock": "1234",
        "x-strongroom-tpm-clock-safe": true,
        "x-strongroom-tpm-extra-data": "09".repeat(32),
        "x-strongroom-tpm-firmware": "0000000020191023",
        "x-strongroom-tpm-quoted-pcrs": { sha1: covered, sha256: covered },
        "x-strongroom-tpm-reset-count": 5,
        "x-strongroom-tpm-restart-count": 6,
      });
    }
  });

  it("is one of at most eight, each signed by the one key and answering the one challenge", () => {
    const challenge = new Uint8Array(32).fill(9);
    const by = (signer: TestAttestationKey, fields = {}) => {
      const message = encodeQuote(fields);
      return { quote: toHex(message), sig: toHex(signer.sign(message)), pcrs: pcrBanks() };
    };
    const check = (...quotes: readonly object[]) =>
      verifyAnchoredQuotes(
        collectTpmEvidence([json({ quotes }), ecdsaKey().akPublic, key.akPublic]),
        [anchorOf(ecdsaKey()), anchorOf(key)],
        challenge,
      );
    const good = by(key);
    expect(check(...Array<object>(8).fill(good))).toMatchObject({
      ...{ kind: "verified", claims: { findings: [], pcrs: pcrBanks() } },
    });
    expect(check(...Array<object>(9).fill(good))).toMatchObject({ class: "malformed" });
    expect(verifyAnchoredQuotes(collectTpmEvidence([listing]), [], "unbound")).toMatchObject({
      class: "malformed",
    });
    expect(check(good, by(stranger))).toMatchObject({ class: "bad-signature" });
    expect(check(good, by(key, { extraData: utf8("other") }))).toMatchObject({
      class: "binding-mismatch",
    });
  });

  it("counts only what it covers of the values that came, and is refused over SHA-1", () => {
    const more = json({ pcrs: pcrBanks([...covered, 4, 5]) });
    const check = (signer: TestAttestationKey, ...files: readonly Uint8Array[]) =>
      verifyAnchoredQuotes(collectTpmEvidence(files), [anchorOf(signer)], "unbound");
    expect(check(key, quote, signature, more)).toMatchObject({ claims: { pcrs: pcrBanks() } });
    const message = encodeQuote({}, "sha1");
    expect(check(sha1, message, sha1.sign(message), listing)).toMatchObject({
      class: "bad-signature",
    });
  });
});
