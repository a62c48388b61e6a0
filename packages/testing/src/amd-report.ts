// SPDX-License-Identifier: Apache-2.0
/** Reports of a test AMD, not yet signed: usual values, with any field or byte replaced. AMD 56860, section 7.3. */

import type { AmdVendor } from "./amd-vendor.ts";

/** Fields that differ from the usual; `bytes` are written last, by offset. */
export interface AmdReportRequest {
  readonly version?: number;
  readonly policy?: bigint;
  readonly vmpl?: number;
  readonly flags?: number;
  readonly platformInfo?: bigint;
  readonly reportData?: Uint8Array;
  readonly currentTcb?: Uint8Array;
  readonly reportedTcb?: Uint8Array;
  readonly committedTcb?: Uint8Array;
  readonly chipId?: Uint8Array;
  readonly bytes?: Readonly<Record<number, Uint8Array>>;
}

/** Family and model of each product. */
const cpu = { Milan: [0x19, 0x01], Genoa: [0x19, 0x11], Turin: [0x1a, 0x02] } as const;

/** In the policy bit 17 must be one, bit 16 allows SMT; of the platform SMT is on and memory was searched for aliases. */
const usual = { version: 3, policy: 0x30000n, vmpl: 0, platformInfo: 0x21n, flags: 0 } as const;

/** A report of the vendor's chip. */
export function makeAmdReport(vendor: AmdVendor, request: AmdReportRequest = {}): Uint8Array {
  const report = new Uint8Array(1184);
  const view = new DataView(report.buffer);
  const { version, policy, vmpl, platformInfo, flags, ...rest } = { ...usual, ...request };
  view.setUint32(0x00, version, true);
  view.setBigUint64(0x08, policy, true);
  view.setUint32(0x30, vmpl, true);
  view.setUint32(0x34, 1, true);
  view.setBigUint64(0x40, platformInfo, true);
  view.setUint32(0x48, flags, true);
  const { tcb, id } = vendor.chip;
  const fields: readonly (readonly [number, Uint8Array])[] = [
    [0x38, rest.currentTcb ?? tcb],
    [0x50, rest.reportData ?? new Uint8Array(64)],
    [0x160, new Uint8Array(32).fill(0xff)],
    [0x180, rest.reportedTcb ?? tcb],
    [0x188, version >= 3 ? Uint8Array.from(cpu[vendor.product]) : new Uint8Array()],
    [0x1a0, rest.chipId ?? id],
    [0x1e0, rest.committedTcb ?? tcb],
    [0x1f0, tcb],
    ...Object.entries(rest.bytes ?? {}).map(([at, bytes]) => [Number(at), bytes] as const),
  ];
  for (const [offset, bytes] of fields) {
    report.set(bytes, offset);
  }
  return report;
}
