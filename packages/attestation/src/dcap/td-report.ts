// SPDX-License-Identifier: Apache-2.0
/**
 * A trust domain's report body: layout of TD 1.0 (584 bytes), TD 1.5 (648) and TD 1.5ex (885). Intel TDX DCAP quoting
 * library, A.3.2 and A.3.3; TD 1.5ex: its `sgx_quote_5.h`, `sgx_report2_body_v1_5_ex_t`.
 */

import type { ByteReader } from "../byte-reader.ts";
import { littleEndian } from "../little-endian.ts";

/** Bytes of a report body of TD 1.0. */
export const tdReport10Bytes = 584;

/** Bytes of a report body of TD 1.5. */
export const tdReport15Bytes = 648;

/** Bytes of a report body of TD 1.5ex. */
export const tdReport15ExBytes = 885;

/** The service TD that may move or change a trust domain, such as a migration TD; zeros where there is none. */
export interface ServiceTd {
  /** SERVTD_HASH, or the migration policy's digest: 48 bytes. */
  readonly hash: Uint8Array;
  /** What of it the digest covers: 8 bytes. */
  readonly attributes: Uint8Array;
}

/** What TD 1.5ex says more; the host chooses what the module fills in, the rest is zeros. */
export interface TdReport15Ex {
  /** 0 for an unpartitioned TD or its level 1 monitor, 1 to 3 for the machine that the monitor asked for. */
  readonly vmId: number;
  /** This run of the TD: 32 bytes, kept by updates of the module and by migration, new after each launch. */
  readonly tdId: Uint8Array;
  /** Digest of the assigned devices' descriptions: 48 bytes. */
  readonly deviceInfo: Uint8Array;
  /** At the TD's creation, maybe on another platform: its service TD, CPUSVN, TEE_TCB_SVN and 12 bytes of the model. */
  readonly initial: {
    readonly serviceTd: ServiceTd;
    readonly cpuSvn: Uint8Array;
    readonly teeTcbSvn: Uint8Array;
    readonly model: Uint8Array;
  };
  /** The service TD now: one may be bound after the creation, which MRSERVICETD does not show. */
  readonly currentServiceTd: ServiceTd;
}

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
  /** TD 1.5ex only. */
  readonly since15Ex?: TdReport15Ex;
}

/** Bits of TDATTRIBUTES. Intel TDX module base architecture, "TD attributes". */
export const tdAttribute = {
  debug: 1n << 0n,
  icssd: 1n << 16n,
  // The report has a digest of SERVTD_EXT_STRUCT, whose fields TD 1.5ex shows, in SERVTD_HASH's place.
  serviceTdExtension: 1n << 17n,
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

/** Reads the body of TD 1.5ex. @throws {StrongroomError} `EvidenceMalformed` if fewer than 885 bytes are left. */
export function parseTdReport15Ex(reader: ByteReader): TdReport {
  const report = parseTdReport15(reader);
  const [vmId = 0] = reader.bytes(1);
  const tdId = reader.bytes(32);
  const deviceInfo = reader.bytes(48);
  const initial = {
    serviceTd: parseServiceTd(reader),
    cpuSvn: reader.bytes(16),
    teeTcbSvn: reader.bytes(16),
    model: reader.bytes(12),
  };
  const currentServiceTd = parseServiceTd(reader);
  return { ...report, since15Ex: { vmId, tdId, deviceInfo, initial, currentServiceTd } };
}

function parseServiceTd(reader: ByteReader): ServiceTd {
  return { hash: reader.bytes(48), attributes: reader.bytes(8) };
}

/** Whether a service TD is bound, or was at the creation. */
export function hasServiceTd({ since15, since15Ex }: TdReport): boolean {
  const hashes = [
    since15?.mrServiceTd,
    since15Ex?.initial.serviceTd.hash,
    since15Ex?.currentServiceTd.hash,
  ];
  return hashes.some((hash) => hash?.some((byte) => byte !== 0) === true);
}
