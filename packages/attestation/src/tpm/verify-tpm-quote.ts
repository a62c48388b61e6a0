// SPDX-License-Identifier: Apache-2.0
/** Verifies a TPM's quote: who signed it, for which challenge, over which PCR values. TPM 2.0 Part 1, section 17. */

import { equalBytes } from "@strongroom/core";
import { askSomething, assertStated, isByteString, orUnbound, type Stated } from "../stated.ts";
import { decide, type Refused, refuse, type Verdict } from "../verdict.ts";
import { checkAttestationKey } from "./check-attributes.ts";
import { checkPcrs, type RequiredPcrs } from "./check-pcrs.ts";
import { parseTpmPublic } from "./parse-tpm-public.ts";
import { parseTpmQuote, type TpmQuote } from "./parse-tpm-quote.ts";
import { parseTpmSignature } from "./parse-tpm-signature.ts";
import { type ParsedBanks, type PcrBanks, parsePcrBanks, toPcrBanks } from "./pcr-values.ts";
import { tpmName } from "./tpm-key.ts";
import type { TpmPublic } from "./tpm-public.ts";
import { hasTpmSignature } from "./verify-tpm-signature.ts";

/** A quote with what is needed to check it, as the node sent it. */
export interface TpmQuoteEvidence {
  /** TPMT_PUBLIC of the attestation key. */
  readonly akPublic: Uint8Array;
  /** TPMS_ATTEST. */
  readonly quote: Uint8Array;
  /** TPMT_SIGNATURE. */
  readonly signature: Uint8Array;
  readonly pcrs: PcrBanks;
}

/** What the quote must be bound to. */
export interface TpmQuoteExpectation {
  /**
   * Name of the attestation key that was enrolled by credential activation. Required: a key that merely comes with
   * the evidence vouches for nothing.
   */
  readonly akName: Uint8Array;
  /** The quote's extraData, exactly. */
  readonly extraData: Uint8Array;
  /** PCRs, by bank, that the quote must cover at least; `unbound` says that whatever was quoted will do. */
  readonly requiredPcrs: RequiredPcrs | "unbound";
}

const stated: Stated<TpmQuoteExpectation> = {
  akName: isByteString,
  extraData: isByteString,
  requiredPcrs: orUnbound(askSomething),
};

/** What a verified quote says. */
export interface TpmQuoteClaims {
  /** Values by bank and index, lower-case hexadecimal; every one is covered by the signature. */
  readonly pcrs: PcrBanks;
  /** 16 hexadecimal digits; their meaning is the vendor's. */
  readonly firmwareVersion: string;
  readonly resetCount: number;
  readonly restartCount: number;
  /** Milliseconds since the TPM was last cleared, a decimal number. */
  readonly clock: string;
  /** Whether the clock is known never to have run backwards. */
  readonly safe: boolean;
}

/**
 * Verifies a quote. Authenticity and binding only: whether the values are the right ones is for a policy to say.
 *
 * Values that the quote does not cover, and covered registers without a value, are refused: nothing unsigned
 * reaches the claims.
 *
 * @throws {StrongroomError} `BadParameter` if an expectation is missing.
 */
export function verifyTpmQuote(
  evidence: TpmQuoteEvidence,
  expected: TpmQuoteExpectation,
): Verdict<TpmQuoteClaims> {
  assertStated(expected, stated);
  return decide(() => {
    const key = parseTpmPublic(evidence.akPublic);
    const untrusted = checkAnchor(key, expected.akName) ?? checkSignature(key, evidence);
    if (untrusted !== undefined) {
      return untrusted;
    }
    const quote = parseTpmQuote(evidence.quote);
    if (!equalBytes(quote.extraData, expected.extraData)) {
      return refuse("binding-mismatch", "the quote answers another challenge");
    }
    const hash = parseTpmSignature(evidence.signature).hash;
    const pcrs = parsePcrBanks(evidence.pcrs);
    const unbound = checkPcrs(quote, hash, pcrs, expected.requiredPcrs);
    return unbound ?? { kind: "verified", claims: toClaims(quote, pcrs) };
  });
}

function checkAnchor(key: TpmPublic, enrolledName: Uint8Array): Refused | undefined {
  if (!equalBytes(tpmName(key), enrolledName)) {
    return refuse("untrusted-chain", "the attestation key is not the enrolled one");
  }
  return checkAttestationKey(key);
}

function checkSignature(key: TpmPublic, evidence: TpmQuoteEvidence): Refused | undefined {
  const signature = parseTpmSignature(evidence.signature);
  return hasTpmSignature(key, signature, evidence.quote)
    ? undefined
    : refuse("bad-signature", "the quote was not signed by the attestation key");
}

function toClaims(quote: TpmQuote, pcrs: ParsedBanks): TpmQuoteClaims {
  return {
    pcrs: toPcrBanks(pcrs),
    firmwareVersion: quote.firmwareVersion.toString(16).padStart(16, "0"),
    resetCount: quote.resetCount,
    restartCount: quote.restartCount,
    clock: quote.clock.toString(),
    safe: quote.safe,
  };
}
