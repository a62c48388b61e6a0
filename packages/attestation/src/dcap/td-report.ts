// SPDX-License-Identifier: Apache-2.0
/** A trust domain's report body: layout of TD 1.0 (584 bytes) and TD 1.5 (648). Intel TDX DCAP quoting library, A.3.2 and A.3.3. */

import type { ByteReader } from "../byte-reader.ts";
import { littleEndian } from "../little-endian.ts";

/** Bytes of a report body of TD 1.0. */
export const tdReport10Bytes = 584;

/** Bytes of a report body of TD 1.5. */
export const tdReport15Bytes = 648;

/** What a trust domain is, as the TDX module saw it. */
export interface TdReport {
  /** Security versions at launch: [0] the module's, [1] the module's major version, [2] the SEAM loader's. */
  readonly teeTcbSvn: Uint8Array;
  readonly mrSeam: Uint8Array;
  readonly mrSignerSeam: Uint8Array;
  readonly seamAttributes: Uint8Array;
  readonly tdAttributes: Uint8Array;
  readonly attributeBits: bigint;
  readonly xfam: Uint8Array;
  readonly mrTd: Uint8Array;
  readonly mrConfigId: Uint8Array;
  readonly mrOwner: Uint8Array;
  readonly mrOwnerConfig: Uint8Array;
  readonly rtmrs: readonly Uint8Array[];
  readonly reportData: Uint8Array;
  /** TD 1.5 only: what the module is now, after updates without a relaunch, and the service TD that is bound. */
  readonly since15?: { readonly teeTcbSvn2: Uint8Array; readonly mrServiceTd: Uint8Array };
}

/** Bits of TDATTRIBUTES. Intel TDX module base architecture, "TD attributes". */
export const tdAttribute = {
  debug: 1n << 0n,
  icssd: 1n << 16n,
  lass: 1n << 27n,
  septVeDisable: 1n << 28n,
  migratable: 1n << 29n,
  protectionKeys: 1n << 30n,
  keyLocker: 1n << 31n,
  tpa: 1n << 62n,
  perfmon: 1n << 63n,
} as const;

/** Every bit with a meaning. */
export const knownTdBits = Object.values(tdAttribute).reduce((sum, bit) => sum | bit, 0n);

/** TUD, the first byte of TDATTRIBUTES: any of these bits makes a TD one that nobody should trust. */
const untrusted = 0xffn;

/** SEC, the three bytes after it: what they allow may weaken a TD, and nobody knows what unknown ones allow. */
const security = 0xffff_ff00n;

/** Bits that make a TD one that nobody should trust, debugging among them. */
export const untrustedTdBits = untrusted | (security & ~knownTdBits);

/** Reads the body of TD 1.0. @throws {StrongroomError} `EvidenceMalformed` if fewer than 584 bytes are left. */
export function parseTdReport10(reader: ByteReader): TdReport {
  const teeTcbSvn = reader.bytes(16);
  const mrSeam = reader.bytes(48);
  const mrSignerSeam = reader.bytes(48);
  const seamAttributes = reader.bytes(8);
  const tdAttributes = reader.bytes(8);
  const xfam = reader.bytes(8);
  const mrTd = reader.bytes(48);
  const mrConfigId = reader.bytes(48);
  const mrOwner = reader.bytes(48);
  const mrOwnerConfig = reader.bytes(48);
  const rtmrs = [reader.bytes(48), reader.bytes(48), reader.bytes(48), reader.bytes(48)];
  const reportData = reader.bytes(64);
  const attributeBits = littleEndian(tdAttributes);
  return {
    teeTcbSvn,
    mrSeam,
    mrSignerSeam,
    seamAttributes,
    tdAttributes,
    attributeBits,
    xfam,
    mrTd,
    mrConfigId,
    mrOwner,
    mrOwnerConfig,
    rtmrs,
    reportData,
  };
}

/** Reads the body of TD 1.5. @throws {StrongroomError} `EvidenceMalformed` if fewer than 648 bytes are left. */
export function parseTdReport15(reader: ByteReader): TdReport {
  const report = parseTdReport10(reader);
  return { ...report, since15: { teeTcbSvn2: reader.bytes(16), mrServiceTd: reader.bytes(48) } };
}
