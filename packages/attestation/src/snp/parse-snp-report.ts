// SPDX-License-Identifier: Apache-2.0
/** ATTESTATION_REPORT: layout and parsing. SEV-SNP Firmware ABI, 56860, section 7.3, table "ATTESTATION_REPORT". */

import { malformed } from "../byte-reader.ts";
import type { CpuModel } from "./product.ts";

/** Bytes of a report. */
export const reportBytes = 1184;

/** Bytes before the signature: what it covers. */
const signedBytes = 0x2a0;

/** Versions that the ABI has defined for SNP; 3 added the CPUID fields, 5 the mitigation vectors. */
const versions = { first: 2, withCpuid: 3, withMitigations: 5, last: 5 } as const;

/** Whether reports of this version are read. */
export function isSnpVersion(version: number): boolean {
  return version >= versions.first && version <= versions.last;
}

/** ECDSA on P-384 with SHA-384. */
const ecdsaP384Sha384 = 1;

/** Bytes of r and of s: 72 each, of which a P-384 number has the first 48; least significant byte first. */
const signaturePart = { field: 72, number: 48 } as const;

/** Which key the firmware signed with. */
export type SnpSigningKey = "vcek" | "vlek" | "none";

/** The report's fields; byte strings are copies in the order of the bytes in it. */
export interface SnpReport {
  readonly version: number;
  readonly guestSvn: number;
  readonly policy: bigint;
  readonly familyId: Uint8Array;
  readonly imageId: Uint8Array;
  /** 0 to 3; 0xffffffff in a report that the host asked for. */
  readonly vmpl: number;
  readonly platformInfo: bigint;
  readonly signingKey: SnpSigningKey;
  readonly isAuthorKeyEnabled: boolean;
  readonly isChipKeyMasked: boolean;
  readonly reportData: Uint8Array;
  readonly measurement: Uint8Array;
  readonly hostData: Uint8Array;
  readonly idKeyDigest: Uint8Array;
  readonly authorKeyDigest: Uint8Array;
  readonly reportId: Uint8Array;
  readonly migrationAgentReportId: Uint8Array;
  /** TCB_VERSION, eight bytes each; their layout is the product's. */
  readonly currentTcb: Uint8Array;
  readonly reportedTcb: Uint8Array;
  readonly committedTcb: Uint8Array;
  readonly launchTcb: Uint8Array;
  /** From version 3 on. */
  readonly cpu: CpuModel | undefined;
  readonly chipId: Uint8Array;
  /** `major.minor.build` of the firmware that runs, and of the oldest that may be loaded again. */
  readonly currentFirmware: string;
  readonly committedFirmware: string;
  /** From version 5 on. */
  readonly mitigations: { readonly launch: bigint; readonly current: bigint } | undefined;
  /** Whether every bit that has no meaning yet is zero. */
  readonly isReservedZero: boolean;
  /** What the signature covers. */
  readonly signed: Uint8Array;
  /** r and s, 48 bytes each, most significant byte first (IEEE P1363). */
  readonly signature: Uint8Array;
}

/**
 * Parses a report of exactly 1184 bytes.
 *
 * @throws {StrongroomError} `EvidenceMalformed` for another length, a version outside 2 to 5, another signature
 * algorithm, or a signature whose numbers are longer than P-384's.
 */
export function parseSnpReport(input: Uint8Array): SnpReport {
  if (input.length !== reportBytes) {
    throw malformed(`a report has ${reportBytes} bytes, not ${input.length}`);
  }
  // In memory of Node's pool, as nothing of it is secret: a buffer of its own would take longer.
  const { buffer, byteOffset, length } = Buffer.from(input);
  const bytes = new Uint8Array(buffer, byteOffset, length);
  const view = new DataView(buffer, byteOffset, length);
  const version = view.getUint32(0, true);
  if (!isSnpVersion(version)) {
    throw malformed(`report of version ${version}`);
  }
  if (view.getUint32(0x34, true) !== ecdsaP384Sha384) {
    throw malformed("report with another signature algorithm");
  }
  const at = (offset: number, length: number) => bytes.subarray(offset, offset + length);
  return {
    version,
    ...readGuest(view, at),
    ...readKeys(view.getUint32(0x48, true)),
    ...readPlatform(view, at, version),
    isReservedZero: isReservedZero(bytes, version),
    signed: at(0, signedBytes),
    signature: readSignature(bytes),
  };
}

type Slice = (offset: number, length: number) => Uint8Array;

function readGuest(view: DataView, at: Slice) {
  return {
    guestSvn: view.getUint32(0x04, true),
    policy: view.getBigUint64(0x08, true),
    familyId: at(0x10, 16),
    imageId: at(0x20, 16),
    vmpl: view.getUint32(0x30, true),
    reportData: at(0x50, 64),
    measurement: at(0x90, 48),
    hostData: at(0xc0, 32),
    idKeyDigest: at(0xe0, 48),
    authorKeyDigest: at(0x110, 48),
    reportId: at(0x140, 32),
    migrationAgentReportId: at(0x160, 32),
  };
}

function readKeys(flags: number) {
  const key = (flags >>> 2) & 0b111;
  if (key !== 0 && key !== 1 && key !== 7) {
    throw malformed(`report signed by a key of kind ${key}`);
  }
  const signingKey: SnpSigningKey = key === 0 ? "vcek" : key === 1 ? "vlek" : "none";
  return {
    signingKey,
    isAuthorKeyEnabled: (flags & 0b01) !== 0,
    isChipKeyMasked: (flags & 0b10) !== 0,
  };
}

function readPlatform(view: DataView, at: Slice, version: number) {
  const cpuid = { family: view.getUint8(0x188), model: view.getUint8(0x189) };
  const cpu = { ...cpuid, stepping: view.getUint8(0x18a) };
  const launch = view.getBigUint64(0x1f8, true);
  const current = view.getBigUint64(0x200, true);
  return {
    platformInfo: view.getBigUint64(0x40, true),
    currentTcb: at(0x38, 8),
    reportedTcb: at(0x180, 8),
    cpu: version >= versions.withCpuid ? cpu : undefined,
    chipId: at(0x1a0, 64),
    committedTcb: at(0x1e0, 8),
    currentFirmware: [...at(0x1e8, 3)].reverse().join("."),
    committedFirmware: [...at(0x1ec, 3)].reverse().join("."),
    launchTcb: at(0x1f0, 8),
    mitigations: version >= versions.withMitigations ? { launch, current } : undefined,
  };
}

function isReservedZero(bytes: Uint8Array, version: number): boolean {
  const reserved = [
    [0x49, 0x50],
    [version >= versions.withCpuid ? 0x18b : 0x188, 0x1a0],
    [0x1eb, 0x1ec],
    [0x1ef, 0x1f0],
    [version >= versions.withMitigations ? 0x208 : 0x1f8, 0x2a0],
    [signedBytes + 2 * signaturePart.field, reportBytes],
  ] as const;
  const isFlagsZero = ((bytes[0x48] ?? 0) & 0xe0) === 0;
  return isFlagsZero && reserved.every(([from, to]) => isZero(bytes.subarray(from, to)));
}

const zeros = new Uint8Array(reportBytes);

/** Whether all bytes, of a part of a report, are zero. */
export function isZero(bytes: Uint8Array): boolean {
  return Buffer.compare(bytes, zeros.subarray(0, bytes.length)) === 0;
}

function readSignature(bytes: Uint8Array): Uint8Array {
  const { field, number } = signaturePart;
  const { buffer, byteOffset, length } = Buffer.allocUnsafe(2 * number);
  const signature = new Uint8Array(buffer, byteOffset, length);
  for (const part of [0, 1]) {
    const start = signedBytes + part * field;
    if (!isZero(bytes.subarray(start + number, start + field))) {
      throw malformed("a number of the signature is longer than the curve's");
    }
    signature.set(bytes.slice(start, start + number).reverse(), part * number);
  }
  return signature;
}
