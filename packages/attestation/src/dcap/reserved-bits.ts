// SPDX-License-Identifier: Apache-2.0
/**
 * Bits of a quoted report that have no meaning yet, and those that are always set. Intel TDX module base architecture, "TD
 * attributes" and "XFAM"; Intel SDM volume 3D, "ATTRIBUTES" and "MISCSELECT".
 */

import { littleEndian } from "../little-endian.ts";
import type { EnclaveReport } from "./enclave-report.ts";
import type { QuoteBody } from "./parse-quote.ts";
import { knownTdBits, type TdReport } from "./td-report.ts";

/** States of processors that XFAM and XFRM name: x87 to AVX, AVX-512, PT, PKRU, CET, UINTR, LBR, AMX, APX. */
const knownStates = bits(0, 1, 2, 5, 6, 7, 8, 9, 11, 12, 14, 15, 17, 18, 19);

/** MPX, which enclaves of older processors have, and trust domains may not. */
const mpxStates = bits(3, 4);

/** x87 and SSE: neither trust domains nor enclaves are without. */
const constantStates = bits(0, 1);

/** INIT, DEBUG, MODE64BIT, PROVISIONKEY, EINITTOKENKEY, CET, KSS, AEXNOTIFY. */
const knownFlags = bits(0, 1, 2, 4, 5, 6, 7, 10);

/** EXINFO, CPINFO. */
const knownMisc = bits(0, 1);

/**
 * Whether bits are set that nobody gave a meaning, or some are not that always are. Processor and TDX module allow neither
 * today: newer ones may, so that it is no reason to refuse.
 */
export function hasReservedBits(body: QuoteBody): boolean {
  return body.kind === "sgx" ? isOddEnclave(body.report) : isOddTd(body.report);
}

function isOddTd({ attributeBits, xfam }: TdReport): boolean {
  return (attributeBits & ~knownTdBits) !== 0n || isOddState(littleEndian(xfam), knownStates);
}

function isOddEnclave(report: EnclaveReport): boolean {
  const states = littleEndian(report.attributes.subarray(8));
  return (
    !report.isReservedZero ||
    (report.flags & ~knownFlags) !== 0n ||
    (littleEndian(report.miscSelect) & ~knownMisc) !== 0n ||
    isOddState(states, knownStates | mpxStates)
  );
}

function isOddState(states: bigint, known: bigint): boolean {
  return (states & ~known) !== 0n || (states & constantStates) !== constantStates;
}

function bits(...positions: readonly number[]): bigint {
  return positions.reduce((sum, position) => sum | (1n << BigInt(position)), 0n);
}
