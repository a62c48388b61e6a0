// SPDX-License-Identifier: Apache-2.0
/** PCR values that came beside a quote, and the digest over them that the quote signs. TPM 2.0 Part 1, section 17. */

import { createHash } from "node:crypto";
import { fromHex, toHex } from "@strongroom/core";
import { malformed } from "../byte-reader.ts";
import { isJsonObject } from "../strict-json.ts";
import { digestBytes, type TpmHash } from "./algorithms.ts";
import type { PcrSelection } from "./parse-tpm-quote.ts";

/** PCR values by bank and index, as JSON carries them: `{"sha256": {"0": hex}}`. */
export type PcrBanks = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** PCR values by bank and index, as they were parsed. */
export type ParsedBanks = ReadonlyMap<TpmHash, ReadonlyMap<number, Uint8Array>>;

/** Most PCRs that a selection of four bytes can name. */
const mostPcrs = 32;

/**
 * PCR values, checked. Nothing is left out: what was supplied is parsed or refused.
 *
 * @throws {StrongroomError} `EvidenceMalformed` if a bank is not known, an index is not a plain decimal number, or a
 * value is not a digest of the bank's size.
 */
export function parsePcrBanks(banks: PcrBanks): ParsedBanks {
  const parsed = entriesOf(banks).map(([name, values]) => {
    const bank = toPcrBank(name);
    return [bank, parseValues(bank, values)] as const;
  });
  return new Map(parsed);
}

/** The bank of this name. @throws {StrongroomError} `EvidenceMalformed` if there is none. */
export function toPcrBank(name: string): TpmHash {
  if (!Object.hasOwn(digestBytes, name)) {
    throw malformed("a pcr bank is not known");
  }
  return name as TpmHash;
}

/** The JSON form of parsed values. */
export function toPcrBanks(banks: ParsedBanks): PcrBanks {
  const toRecord = (values: ReadonlyMap<number, Uint8Array>) =>
    Object.fromEntries([...values].map(([index, value]) => [String(index), toHex(value)]));
  return Object.fromEntries([...banks].map(([bank, values]) => [bank, toRecord(values)]));
}

/** `hash` over the selected values: banks in the quote's order, indexes ascending. */
export function pcrDigest(
  hash: TpmHash,
  selections: readonly PcrSelection[],
  read: (bank: TpmHash, index: number) => Uint8Array,
): Uint8Array {
  const digest = createHash(hash);
  for (const { bank, indexes } of selections) {
    for (const index of indexes) {
      digest.update(read(bank, index));
    }
  }
  return new Uint8Array(digest.digest());
}

/** Of what is an object by its type, and may be anything as it came out of JSON. */
function entriesOf<T>(values: Readonly<Record<string, T>>): readonly (readonly [string, T])[] {
  if (!isJsonObject(values)) {
    throw malformed("pcr values that are no object");
  }
  return Object.entries<T>(values);
}

function parseValues(bank: TpmHash, values: Readonly<Record<string, string>>) {
  const entries = entriesOf(values);
  if (entries.length > mostPcrs) {
    throw malformed(`${entries.length} pcr values`);
  }
  return new Map(entries.map(([index, hex]) => [parseIndex(index), parseDigest(bank, hex)]));
}

// One spelling for one register: "07" beside "7" would be two values for it.
function parseIndex(index: string): number {
  if (!/^(?:0|[1-9]\d?)$/.test(index) || Number(index) >= mostPcrs) {
    throw malformed("a pcr index is no number of a pcr");
  }
  return Number(index);
}

function parseDigest(bank: TpmHash, hex: string): Uint8Array {
  if (typeof hex !== "string" || !/^[0-9a-f]*$/.test(hex) || hex.length !== digestBytes[bank] * 2) {
    throw malformed(`a pcr value is no ${bank} digest in lower-case hexadecimal`);
  }
  return fromHex(hex);
}
