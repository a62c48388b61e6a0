// SPDX-License-Identifier: Apache-2.0
/**
 * Verifies quotes by keys that are trusted by certificate or configuration, where no key was enrolled: each quote's
 * signature, challenge and PCR values. TPM 2.0 Part 1, section 17.
 */

import type { KeyObject } from "node:crypto";
import { equalBytes, isSamePublicKey } from "@strongroom/core";
import type { AttestationAnchor } from "../ek/attestation-anchors.ts";
import { assertStated, isByteString, orUnbound } from "../stated.ts";
import { decide, type Refused, refuse, type Verdict } from "../verdict.ts";
import { isStrongHash, type TpmHash } from "./algorithms.ts";
import { readSignatures } from "./bare-signature.ts";
import { checkAttestationKey } from "./check-attributes.ts";
import { checkSignedPcrs } from "./check-pcrs.ts";
import type { TpmEvidence } from "./collect-tpm-evidence.ts";
import { parseTpmPublic } from "./parse-tpm-public.ts";
import { parseTpmQuote, type TpmQuote } from "./parse-tpm-quote.ts";
import { type ParsedBanks, type PcrBanks, parsePcrBanks, toPcrBanks } from "./pcr-values.ts";
import type { SignedQuote } from "./tpm-file-items.ts";
import { tpmPublicKey } from "./tpm-key.ts";
import { hasSignatureOf } from "./verify-tpm-signature.ts";

/** What quotes of one key say together. */
export interface AnchoredQuotes {
  readonly anchor: AttestationAnchor;
  readonly quotes: readonly [TpmQuote, ...TpmQuote[]];
  /** Values of strong banks by bank and index; every one is covered by a signature. */
  readonly pcrs: PcrBanks;
  readonly binding: "bound" | "unbound";
  readonly findings: readonly AnchoredFinding[];
}

/**
 * `key-attributes-unknown`: nothing says that the key signs only what its TPM made. `pcr-values-missing`: a quote came
 * without values, of which it then says nothing. `weak-bank-ignored`: values of SHA-1 banks are left out.
 */
export type AnchoredFinding = "key-attributes-unknown" | "pcr-values-missing" | "weak-bank-ignored";

/** Quotes of one machine: one of each bank. */
const mostQuotes = 8;

/**
 * @param extraData What each quote must answer, exactly; `unbound` says that nothing was asked.
 * @throws {StrongroomError} `BadParameter` if that is missing.
 */
export function verifyAnchoredQuotes(
  evidence: TpmEvidence,
  anchors: readonly AttestationAnchor[],
  extraData: Uint8Array | "unbound",
): Verdict<AnchoredQuotes> {
  assertStated({ extraData }, { extraData: orUnbound(isByteString) });
  return decide(() => {
    const [first] = evidence.quotes;
    if (first === undefined || evidence.quotes.length > mostQuotes) {
      return refuse("malformed", "no quote, or too many");
    }
    const anchor = anchors.find(({ key }) => signatureOf(first, key) !== undefined);
    if (anchor === undefined) {
      return anchors.length === 0
        ? refuse("untrusted-chain", "nobody who is trusted vouches for the attestation key")
        : refuse("bad-signature", "the quote was not signed by a trusted attestation key");
    }
    const area = publicAreaOf(evidence, anchor.key);
    const refused = area && checkAttestationKey(area);
    return refused ?? checkAll(evidence.quotes, anchor, extraData, area === undefined);
  });
}

function checkAll(
  quotes: readonly SignedQuote[],
  anchor: AttestationAnchor,
  extraData: Uint8Array | "unbound",
  isAreaUnknown: boolean,
): Verdict<AnchoredQuotes> {
  const parsed: TpmQuote[] = [];
  const banks = new Map<TpmHash, ReadonlyMap<number, Uint8Array>>();
  for (const quote of quotes) {
    const checked = checkOne(quote, anchor.key, extraData);
    if ("kind" in checked) {
      return checked;
    }
    parsed.push(checked.quote);
    for (const [bank, values] of checked.values) {
      banks.set(bank, values);
    }
  }
  const strong = [...banks].filter(([bank]) => isStrongHash(bank));
  const [first, ...rest] = parsed;
  if (first === undefined || (banks.size > 0 && strong.length === 0)) {
    return refuse("policy-denied", "only weak pcr banks were quoted");
  }
  const findings: readonly (readonly [AnchoredFinding, boolean])[] = [
    ["key-attributes-unknown", isAreaUnknown],
    ["pcr-values-missing", quotes.some(({ pcrs }) => pcrs === undefined)],
    ["weak-bank-ignored", strong.length < banks.size],
  ];
  return {
    kind: "verified",
    claims: {
      anchor,
      quotes: [first, ...rest],
      pcrs: toPcrBanks(new Map(strong)),
      binding: extraData === "unbound" ? "unbound" : "bound",
      findings: findings.flatMap(([finding, isSo]) => (isSo ? [finding] : [])),
    },
  };
}

interface CheckedQuote {
  readonly quote: TpmQuote;
  readonly values: ParsedBanks;
}

function checkOne(
  signed: SignedQuote,
  key: KeyObject,
  extraData: Uint8Array | "unbound",
): CheckedQuote | Refused {
  const signature = signatureOf(signed, key);
  if (signature === undefined || !isStrongHash(signature.hash)) {
    return refuse("bad-signature", "a quote was not signed by the attestation key");
  }
  const quote = parseTpmQuote(signed.message);
  if (extraData !== "unbound" && !equalBytes(quote.extraData, extraData)) {
    return refuse("binding-mismatch", "the quote answers another challenge");
  }
  if (signed.pcrs === undefined) {
    return { quote, values: new Map() };
  }
  const values = select(quote, parsePcrBanks(signed.pcrs));
  return checkSignedPcrs(quote, signature.hash, values) ?? { quote, values };
}

/** The values that the quote covers: files have those of all registers, whichever were quoted. */
function select({ selections }: TpmQuote, values: ParsedBanks): ParsedBanks {
  const covered = selections.map(({ bank, indexes }) => {
    const all = values.get(bank) ?? new Map<number, Uint8Array>();
    return [bank, new Map([...all].filter(([index]) => indexes.includes(index)))] as const;
  });
  return new Map(covered.filter(([, pcrs]) => pcrs.size > 0));
}

/** The signature, as what the key made it; undefined where it did not. */
function signatureOf({ message, signature }: SignedQuote, key: KeyObject) {
  return readSignatures(signature, key).find((one) => hasSignatureOf(key, one, message));
}

/** The public area of this key, if it is among those that came: then the TPM's rules for it can be checked. */
function publicAreaOf({ publicAreas }: TpmEvidence, key: KeyObject) {
  return publicAreas.map(parseTpmPublic).find((area) => isSamePublicKey(tpmPublicKey(area), key));
}
