// SPDX-License-Identifier: Apache-2.0
/** A quote together with the PCR values that it signs. TPM 2.0 Part 3, sections 18.4 and 22.4. */

import {
  parseTpmQuote,
  pcrDigest,
  readSelections,
  tpm2b,
  tpmAlgorithm,
  u16be,
} from "@strongroom/attestation";
import { concatBytes, equalBytes, StrongroomError, toHex, u32be } from "@strongroom/core";
import { execute, passwordSession } from "./execute.ts";
import type { TpmKey } from "./tpm-keys.ts";
import type { TpmChannel } from "./tpm-transport.ts";

const code = { pcrRead: 0x17e, quote: 0x158 } as const;

/** How often values are read anew when something extends a register in between. */
const attempts = 5;

/** PCRs of a PC client TPM. */
const pcrCount = 24;

const digestBytes = 32;

/** Evidence of one quote: TPMS_ATTEST, TPMT_SIGNATURE, and SHA-256 PCR values in hexadecimal by index. */
export interface QuotedPcrs {
  readonly quote: Uint8Array;
  readonly signature: Uint8Array;
  readonly pcrs: Readonly<Record<string, string>>;
}

type PcrValues = ReadonlyMap<number, Uint8Array>;

/**
 * Quotes registers of the SHA-256 bank and reads them until values and quote agree.
 *
 * @throws {StrongroomError} `BadParameter` for no or unknown registers; `TpmFailed` if they never agree.
 */
export async function quotePcrs(
  channel: TpmChannel,
  key: TpmKey,
  request: { readonly extraData: Uint8Array; readonly pcrs: readonly number[] },
): Promise<QuotedPcrs> {
  const selection = encodeSelection(request.pcrs);
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const values = await readPcrs(channel, request.pcrs);
    const { quote, signature } = await quoteOnce(channel, key, request.extraData, selection);
    if (areQuoted(values, quote)) {
      const pairs = [...values].map(([index, value]) => [String(index), toHex(value)]);
      return { quote, signature, pcrs: Object.fromEntries(pairs) };
    }
  }
  throw new StrongroomError("TpmFailed", "pcr values change faster than they can be quoted");
}

async function quoteOnce(
  channel: TpmChannel,
  key: TpmKey,
  extraData: Uint8Array,
  selection: Uint8Array,
) {
  const keyScheme = u16be(tpmAlgorithm.null);
  const reader = await execute(channel, {
    code: code.quote,
    handles: [key.handle],
    sessions: [passwordSession],
    parameters: concatBytes(tpm2b(extraData), keyScheme, selection),
  });
  return { quote: reader.sized16(), signature: reader.rest() };
}

// A TPM returns at most eight values at once and says which.
async function readPcrs(channel: TpmChannel, wanted: readonly number[]): Promise<PcrValues> {
  const values = new Map<number, Uint8Array>();
  for (;;) {
    const missing = wanted.filter((index) => !values.has(index));
    if (missing.length === 0) {
      return new Map([...values].sort(([a], [b]) => a - b));
    }
    const read = await readSomePcrs(channel, missing);
    if (read.size === 0) {
      throw new StrongroomError("TpmFailed", "the TPM has no such pcr in its sha256 bank");
    }
    for (const [index, value] of read) {
      values.set(index, value);
    }
  }
}

async function readSomePcrs(channel: TpmChannel, wanted: readonly number[]): Promise<PcrValues> {
  const reader = await execute(channel, {
    code: code.pcrRead,
    parameters: encodeSelection(wanted),
  });
  reader.u32();
  const indexes = readSelections(reader).flatMap((selection) => selection.indexes);
  const count = reader.u32();
  const digests = Array.from({ length: Math.min(count, pcrCount) }, () =>
    reader.sized16(digestBytes),
  );
  const pairs = indexes.flatMap((index, i) => {
    const digest = digests[i];
    return digest === undefined ? [] : [[index, digest] as const];
  });
  return new Map(pairs);
}

function areQuoted(values: PcrValues, quote: Uint8Array): boolean {
  const parsed = parseTpmQuote(quote);
  const digest = pcrDigest(
    "sha256",
    parsed.selections,
    (_, index) => values.get(index) ?? new Uint8Array(),
  );
  return equalBytes(digest, parsed.pcrDigest);
}

function encodeSelection(pcrs: readonly number[]): Uint8Array {
  const isKnown = (index: number) => Number.isInteger(index) && index >= 0 && index < pcrCount;
  if (pcrs.length === 0 || !pcrs.every(isKnown)) {
    throw new StrongroomError("BadParameter", `pcrs are numbers from 0 to ${pcrCount - 1}`);
  }
  const bitmap = new Uint8Array(pcrCount / 8);
  for (const index of pcrs) {
    bitmap[index >> 3] = (bitmap[index >> 3] ?? 0) | (1 << (index & 7));
  }
  const size = new Uint8Array([bitmap.length]);
  return concatBytes(u32be(1), u16be(tpmAlgorithm.sha256), size, bitmap);
}
