// SPDX-License-Identifier: Apache-2.0
/** An SGX enclave's report body, 384 bytes: layout. Intel SGX ECDSA quote library reference, A.4 "Enclave report body". */

import type { ByteReader } from "../byte-reader.ts";
import { littleEndian, u16le } from "../little-endian.ts";

/** Bytes of a report body. */
export const enclaveReportBytes = 384;

/** What an enclave is, as the processor saw it. */
export interface EnclaveReport {
  readonly cpuSvn: Uint8Array;
  /** As it is in memory, 4 bytes: masks are applied to bytes. */
  readonly miscSelect: Uint8Array;
  readonly isvExtProdId: Uint8Array;
  /** Flags and XFRM as they are in memory, 16 bytes. */
  readonly attributes: Uint8Array;
  readonly flags: bigint;
  readonly mrEnclave: Uint8Array;
  readonly mrSigner: Uint8Array;
  readonly configId: Uint8Array;
  readonly isvProdId: number;
  readonly isvSvn: number;
  readonly configSvn: number;
  readonly isvFamilyId: Uint8Array;
  readonly reportData: Uint8Array;
  /** Whether every byte that has no meaning yet is zero. */
  readonly isReservedZero: boolean;
}

/** The attribute flag of an enclave whose memory a debugger may read. */
export const enclaveDebug = 0x2n;

/** Reads a report body. @throws {StrongroomError} `EvidenceMalformed` if fewer than 384 bytes are left. */
export function parseEnclaveReport(reader: ByteReader): EnclaveReport {
  const cpuSvn = reader.bytes(16);
  const miscSelect = reader.bytes(4);
  const reserved1 = reader.bytes(12);
  const isvExtProdId = reader.bytes(16);
  const attributes = reader.bytes(16);
  const mrEnclave = reader.bytes(32);
  const reserved2 = reader.bytes(32);
  const mrSigner = reader.bytes(32);
  const reserved3 = reader.bytes(32);
  const configId = reader.bytes(64);
  const isvProdId = u16le(reader);
  const isvSvn = u16le(reader);
  const configSvn = u16le(reader);
  const reserved4 = reader.bytes(42);
  const isvFamilyId = reader.bytes(16);
  const reportData = reader.bytes(64);
  return {
    cpuSvn,
    miscSelect,
    isvExtProdId,
    attributes,
    flags: littleEndian(attributes.subarray(0, 8)),
    mrEnclave,
    mrSigner,
    configId,
    isvProdId,
    isvSvn,
    configSvn,
    isvFamilyId,
    reportData,
    isReservedZero: [reserved1, reserved2, reserved3, reserved4].every(isZero),
  };
}

const zeros = new Uint8Array(64);

function isZero(bytes: Uint8Array): boolean {
  return Buffer.compare(bytes, zeros.subarray(0, bytes.length)) === 0;
}
