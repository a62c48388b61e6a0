// SPDX-License-Identifier: Apache-2.0
/** Whether the PCR values that came beside a quote are the ones that it signs. TPM 2.0 Part 1, section 17.6. */

import { equalBytes } from "@strongroom/core";
import { type Refused, refuse } from "../verdict.ts";
import { isStrongHash, type TpmHash } from "./algorithms.ts";
import type { TpmQuote } from "./parse-tpm-quote.ts";
import { type ParsedBanks, pcrDigest, toPcrBank } from "./pcr-values.ts";

/**
 * Refuses values that the quote does not sign: the selection must name exactly the supplied values, include the
 * required ones, be of strong banks only, and have the signed digest under the signing scheme's hash.
 */
export function checkPcrs(
  quote: TpmQuote,
  hash: TpmHash,
  values: ParsedBanks,
  required: RequiredPcrs | "unbound",
): Refused | undefined {
  return (
    checkBanks(quote, values) ??
    checkCoverage(quote, values) ??
    checkRequired(values, required === "unbound" ? {} : required) ??
    checkDigest(quote, hash, values)
  );
}

/**
 * Refuses values that the quote does not sign, of whatever bank; to those of weak banks a caller may give no weight.
 */
export function checkSignedPcrs(
  quote: TpmQuote,
  hash: TpmHash,
  values: ParsedBanks,
): Refused | undefined {
  return checkCoverage(quote, values) ?? checkDigest(quote, hash, values);
}

/** PCR indexes by bank. */
export type RequiredPcrs = Readonly<Record<string, readonly number[]>>;

function checkBanks(quote: TpmQuote, values: ParsedBanks): Refused | undefined {
  const banks = [...quote.selections.map(({ bank }) => bank), ...values.keys()];
  const weak = banks.find((bank) => !isStrongHash(bank));
  return weak && refuse("policy-denied", `pcr bank ${weak} is not accepted`);
}

function checkCoverage(quote: TpmQuote, values: ParsedBanks): Refused | undefined {
  const signed = quote.selections.flatMap(({ bank, indexes }) =>
    indexes.map((index) => `${bank}:${index}`),
  );
  const supplied = [...values].flatMap(([bank, pcrs]) =>
    [...pcrs.keys()].map((index) => `${bank}:${index}`),
  );
  if (signed.length === 0) {
    return refuse("binding-mismatch", "the quote covers no pcr");
  }
  const signedSet = new Set(signed);
  // CVE-2024-29039: values of registers that the quote never covered.
  if (signed.length !== supplied.length || !supplied.every((pcr) => signedSet.has(pcr))) {
    return refuse("binding-mismatch", "the quote covers other pcrs than were supplied");
  }
  return undefined;
}

function checkRequired(values: ParsedBanks, required: RequiredPcrs): Refused | undefined {
  const missing = Object.entries(required).flatMap(([bank, indexes]) =>
    indexes
      .filter((index) => values.get(toPcrBank(bank))?.has(index) !== true)
      .map((i) => `${bank}:${i}`),
  );
  return missing.length === 0
    ? undefined
    : refuse("binding-mismatch", `required pcrs are not covered: ${missing.join(", ")}`);
}

function checkDigest(quote: TpmQuote, hash: TpmHash, values: ParsedBanks): Refused | undefined {
  const read = (bank: TpmHash, index: number) => values.get(bank)?.get(index) ?? new Uint8Array();
  const digest = pcrDigest(hash, quote.selections, read);
  return equalBytes(digest, quote.pcrDigest)
    ? undefined
    : refuse("binding-mismatch", "the pcr values are not the signed ones");
}
