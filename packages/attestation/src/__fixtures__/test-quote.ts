// SPDX-License-Identifier: Apache-2.0
/** Quotes made by hand: honest by default, with any field changed and signed again. */

import { createHash } from "node:crypto";
import { concatBytes, toHex, u32be, u64be } from "@strongroom/core";
import { digestBytes, type TpmHash, tpmAlgorithm } from "../tpm/algorithms.ts";
import { tpm2b, u16be } from "../tpm/encode.ts";
import { parseTpmPublic } from "../tpm/parse-tpm-public.ts";
import { tpmName } from "../tpm/tpm-key.ts";
import { ecdsaKey, type TestAttestationKey } from "./test-attestation-key.ts";

/** What a test quote says. */
export interface QuoteFields {
  readonly magic?: number;
  readonly type?: number;
  readonly extraData?: Uint8Array;
  readonly bank?: TpmHash;
  readonly selected?: readonly number[];
  readonly digest?: Uint8Array;
  readonly trailing?: Uint8Array;
}

/** The challenge of the test quotes. */
export const challenge = new Uint8Array(32).fill(9);

/** The PCRs that the test quotes cover. */
export const covered: readonly number[] = [0, 7, 23];

/** The value of a PCR in the test quotes. */
export function pcrValue(index: number, bank: TpmHash = "sha256"): Uint8Array {
  return new Uint8Array(digestBytes[bank]).fill(index + 1);
}

/** TPMS_ATTEST with these fields; `hash` is the one of the signing scheme. */
export function encodeQuote(fields: QuoteFields = {}, hash: TpmHash = "sha256"): Uint8Array {
  const bank = fields.bank ?? "sha256";
  const selected = fields.selected ?? covered;
  const bitmap = new Uint8Array(3);
  for (const index of selected) {
    bitmap[index >> 3] = (bitmap[index >> 3] ?? 0) | (1 << (index & 7));
  }
  const values = concatBytes(...selected.map((index) => pcrValue(index, bank)));
  const digest = fields.digest ?? createHash(hash).update(values).digest();
  return concatBytes(
    ...[u32be(fields.magic ?? 0xff544347), u16be(fields.type ?? 0x8018), tpm2b(new Uint8Array(34))],
    ...[tpm2b(fields.extraData ?? challenge), u64be(1234), u32be(5), u32be(6), new Uint8Array([1])],
    ...[u64be(0x20191023), u32be(1), u16be(tpmAlgorithm[bank]), new Uint8Array([3]), bitmap],
    ...[tpm2b(digest), fields.trailing ?? new Uint8Array()],
  );
}

/** The JSON form of the values of these PCRs. */
export function pcrBanks(indexes: readonly number[] = covered, bank: TpmHash = "sha256") {
  const values = indexes.map((index) => [String(index), toHex(pcrValue(index, bank))]);
  return { [bank]: Object.fromEntries(values) as Record<string, string> };
}

/** Evidence with a quote of these fields, signed by `key`, and what is expected of it. */
export function quoteCase(fields: QuoteFields = {}, key: TestAttestationKey = ecdsaKey()) {
  const ak = parseTpmPublic(key.akPublic);
  const quote = encodeQuote(fields, ak.scheme?.hash);
  const evidence = {
    akPublic: key.akPublic,
    quote,
    signature: key.sign(quote),
    pcrs: pcrBanks(covered, fields.bank),
  };
  return {
    evidence,
    expected: { akName: tpmName(ak), extraData: challenge, requiredPcrs: "unbound" as const },
  };
}
