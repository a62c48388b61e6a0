// SPDX-License-Identifier: Apache-2.0
/** Which TCB levels a platform and its TDX module reach. Intel DCAP quote verification library, 4.1.2.4.17.1 to 17.3. */

import { equalBytes } from "@strongroom/core";
import { equalsMasked } from "./enclave-identity.ts";
import type { PckTcb } from "./pck-certificate.ts";
import type { ModuleLevel, TcbInfo, TcbLevel, TdxModule } from "./tcb-info.ts";
import type { TdReport } from "./td-report.ts";

/** The first level that the processor and its PCE reach, newest first. */
export function matchSgxLevel(tcb: PckTcb, levels: readonly TcbLevel[]): TcbLevel | undefined {
  return levels.find((level) => reachesSgx(tcb, level));
}

/** The first level that the processor, its PCE and the TDX module reach. */
export function matchTdxLevel(
  tcb: PckTcb,
  teeTcbSvn: Uint8Array,
  levels: readonly TcbLevel[],
): TcbLevel | undefined {
  return levels.find((level) => reachesSgx(tcb, level) && reachesTdx(teeTcbSvn, level));
}

function reachesSgx(tcb: PckTcb, level: TcbLevel): boolean {
  return reaches(tcb.components, level.sgx, 0) && tcb.pceSvn >= level.pceSvn;
}

function reachesTdx(teeTcbSvn: Uint8Array, level: TcbLevel): boolean {
  // A module of another major version has versions of its own: its identity judges the first two components.
  const from = (teeTcbSvn[1] ?? 0) > 0 ? 2 : 0;
  return level.tdx !== undefined && reaches([...teeTcbSvn], level.tdx, from);
}

/** Whether each component from `from` on is as high: compared one by one, because the sum or order says nothing. */
function reaches(have: readonly number[], wanted: readonly number[], from: number): boolean {
  return wanted.every((svn, index) => index < from || (have[index] ?? -1) >= svn);
}

/** How the TDX module of a report is judged. */
export type ModuleMatch =
  /** It is not the one that Intel signed, or none that this TCB info knows. */
  | { readonly kind: "mismatch" }
  /** A module of version 1.0: it is part of the platform's level. */
  | { readonly kind: "platform" }
  /** Below every level where `level` is missing. */
  | { readonly kind: "level"; readonly level?: ModuleLevel };

/** Which level the TDX module reaches, if it is Intel's. */
export function matchModule(report: TdReport, info: TcbInfo): ModuleMatch {
  const [isvSvn = 0, major = 0] = report.teeTcbSvn;
  if (major === 0) {
    const isKnown = info.module !== undefined && isModule(report, info.module);
    return { kind: isKnown ? "platform" : "mismatch" };
  }
  const identity = findModule(info, major);
  if (identity === undefined || !isModule(report, identity)) {
    return { kind: "mismatch" };
  }
  const level = identity.levels.find((one) => isvSvn >= one.isvSvn);
  return level === undefined ? { kind: "level" } : { kind: "level", level };
}

/** The identity of the TDX module of a major version. */
export function findModule(info: TcbInfo, major: number) {
  const id = `TDX_${major.toString(16).toUpperCase().padStart(2, "0")}`;
  return info.moduleIdentities.find((identity) => identity.id === id);
}

/** Whatever the mask is, a module of Intel's for production has no attribute: section 4.1.2.4.11.2. */
function isModule(report: TdReport, module: TdxModule): boolean {
  return (
    report.seamAttributes.every((byte) => byte === 0) &&
    equalBytes(report.mrSignerSeam, module.mrSigner) &&
    equalsMasked(report.seamAttributes, module.attributesMask, module.attributes)
  );
}
