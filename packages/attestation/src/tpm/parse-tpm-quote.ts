// SPDX-License-Identifier: Apache-2.0
/** TPMS_ATTEST of a quote: layout and parsing. TPM 2.0 Part 2, sections 10.12.8 and 10.12.12. */

import { ByteReader, malformed } from "../byte-reader.ts";
import { type TpmHash, toReadBank } from "./algorithms.ts";

/** TPM_GENERATED_VALUE: a restricted key signs nothing that begins with it but what the TPM itself made. */
const generatedByTpm = 0xff544347;

/** TPM_ST_ATTEST_QUOTE. */
const attestQuote = 0x8018;

/** Limits of the structure: TPM2B_NAME and TPM2B_DATA hold a hash identifier and the largest digest. */
const limits = { name: 66, extraData: 66, digest: 64, selections: 8, selectBytes: 4 } as const;

/** The PCRs of one bank that a quote covers, indexes ascending. TPMS_PCR_SELECTION. */
export interface PcrSelection {
  readonly bank: TpmHash;
  readonly indexes: readonly number[];
}

/** A quote's content. Counters are the TPM's own: milliseconds, resets, restarts. */
export interface TpmQuote {
  readonly qualifiedSigner: Uint8Array;
  readonly extraData: Uint8Array;
  readonly clock: bigint;
  readonly resetCount: number;
  readonly restartCount: number;
  readonly safe: boolean;
  readonly firmwareVersion: bigint;
  readonly selections: readonly PcrSelection[];
  readonly pcrDigest: Uint8Array;
}

/**
 * Parses a quote, all bytes of it.
 *
 * @throws {StrongroomError} `EvidenceMalformed` if it is not one: other magic, other type, short, long, or a
 * selection that names a bank twice.
 */
export function parseTpmQuote(bytes: Uint8Array): TpmQuote {
  const reader = new ByteReader(bytes);
  if (reader.u32() !== generatedByTpm) {
    throw malformed("not made by a TPM: wrong magic");
  }
  const type = reader.u16();
  if (type !== attestQuote) {
    throw malformed(`attestation of type 0x${type.toString(16)} is no quote`);
  }
  const quote = {
    qualifiedSigner: reader.sized16(limits.name),
    extraData: reader.sized16(limits.extraData),
    clock: reader.u64(),
    resetCount: reader.u32(),
    restartCount: reader.u32(),
    safe: readYesNo(reader),
    firmwareVersion: reader.u64(),
    selections: readSelections(reader),
    pcrDigest: reader.sized16(limits.digest),
  };
  reader.end();
  return quote;
}

/** Reads TPML_PCR_SELECTION. */
export function readSelections(reader: ByteReader): readonly PcrSelection[] {
  const count = reader.u32();
  if (count > limits.selections) {
    throw malformed(`${count} pcr selections`);
  }
  const selections = Array.from({ length: count }, () => readSelection(reader)).flat();
  if (new Set(selections.map(({ bank }) => bank)).size !== selections.length) {
    throw malformed("a pcr bank is selected twice");
  }
  return selections;
}

/** One selection, or none where it selects nothing of a bank that is not read. */
function readSelection(reader: ByteReader): readonly PcrSelection[] {
  const identifier = reader.u16();
  const bank = toReadBank(identifier);
  const size = reader.u8();
  if (size > limits.selectBytes) {
    throw malformed(`pcr selection of ${size} bytes`);
  }
  const indexes = [...reader.bytes(size)].flatMap((bits, byte) =>
    [0, 1, 2, 3, 4, 5, 6, 7]
      .filter((bit) => ((bits >> bit) & 1) === 1)
      .map((bit) => byte * 8 + bit),
  );
  if (bank !== undefined) {
    return [{ bank, indexes }];
  }
  if (indexes.length > 0) {
    throw malformed(`pcrs of bank 0x${identifier.toString(16)} are not read`);
  }
  return [];
}

function readYesNo(reader: ByteReader): boolean {
  const value = reader.u8();
  if (value > 1) {
    throw malformed("a truth value is neither yes nor no");
  }
  return value === 1;
}
