// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "@jest/globals";
import { concatBytes, toHex, u32be, utf8 } from "@strongroom/core";
import {
  akAttributes,
  ecdsaKey,
  rsaKey,
  type TestAttestationKey,
} from "../__fixtures__/test-attestation-key.ts";
import { covered, encodeQuote, pcrBanks, pcrValue } from "../__fixtures__/test-quote.ts";
import type { AttestationAnchor } from "../ek/attestation-anchors.ts";
import { collectTpmEvidence } from "./collect-tpm-evidence.ts";
import { parseTpmPublic } from "./parse-tpm-public.ts";
import { toTpmClaims } from "./tpm-claims.ts";
import { tpmPublicKey } from "./tpm-key.ts";
import { objectAttribute } from "./tpm-public.ts";
import { verifyAnchoredQuotes } from "./verify-anchored-quotes.ts";

const key = rsaKey("rsassa");
const stranger = rsaKey("rsassa");
const sha1 = rsaKey("rsassa", { hash: "sha1" });
const root = { name: "test", class: "software", fingerprint: "00" } as const;
const anchorOf = ({ akPublic }: TestAttestationKey): AttestationAnchor => ({
  key: tpmPublicKey(parseTpmPublic(akPublic)),
  root,
});

const json = (value: unknown) => utf8(JSON.stringify(value));
const hex = (bytes: Uint8Array) => utf8(toHex(bytes));
const u32le = (value: number) => u32be(value).toReversed();

/** `tpm2_quote --pcr`, as a little-endian machine has it in memory. */
function serializedPcrs(): Uint8Array {
  const bitmap = new Uint8Array(5);
  for (const index of covered) {
    bitmap[index >> 3] = (bitmap[index >> 3] ?? 0) | (1 << (index & 7));
  }
  const selection = new Uint8Array(16 * 8);
  selection.set([0x0b, 0, 3, ...bitmap]);
  const digests = new Uint8Array(8 * 66);
  for (const [position, index] of covered.entries()) {
    digests.set([32, 0, ...pcrValue(index)], position * 66);
  }
  return concatBytes(u32le(1), selection, u32le(1), u32le(covered.length), digests);
}

const listing = utf8(
  `  sha256:\n${covered.map((index) => `    ${index} : 0x${toHex(pcrValue(index)).toUpperCase()}\n`).join("")}`,
);

const quote = encodeQuote();
const signature = key.sign(quote);
const values = concatBytes(...covered.map((index) => pcrValue(index)));
const sized = (bytes: Uint8Array) =>
  concatBytes(Uint8Array.of(bytes.length >> 8, bytes.length & 0xff), bytes);

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

  function signed(fields: Parameters<typeof encodeQuote>[0]): readonly Uint8Array[] {
    const message = encodeQuote(fields);
    return [json({ quote: toHex(message), signature: toHex(key.sign(message)) })];
  }

  function weak(): readonly [Uint8Array, Uint8Array, Uint8Array] {
    const message = encodeQuote({ bank: "sha1" });
    return [message, key.sign(message), json({ pcrs: pcrBanks(covered, "sha1") })];
  }
});

/** What malformed evidence is refused with, wherever it was found. */
function attempt(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    return { class: Object(error).code === "EvidenceMalformed" ? "malformed" : error };
  }
}
