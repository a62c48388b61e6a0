// SPDX-License-Identifier: Apache-2.0
/** Whether relaunching a TD would bring it up to date. Intel DCAP quote verification library, 4.1.2.4.17.4.3. */

import { needsConfiguration } from "./converge-status.ts";
import { findModule } from "./match-tcb.ts";
import type { TcbInfo } from "./tcb-info.ts";
import type { LevelStatus, TcbStatus } from "./tcb-standing.ts";

/** What was found before the relaunch is asked about. */
export interface LaunchState {
  /** The platform's status without the TDX module. */
  readonly sgx: LevelStatus;
  /** The platform's status with the TDX module. */
  readonly tdx: TcbStatus;
  readonly module: LevelStatus;
  readonly qe: LevelStatus | "NotSupported";
  /** Security versions of the module that runs now. */
  readonly teeTcbSvn2: Uint8Array;
}

const good: readonly LevelStatus[] = [
  "UpToDate",
  "SWHardeningNeeded",
  "ConfigurationNeeded",
  "ConfigurationAndSWHardeningNeeded",
];

/**
 * The status of a TD that was launched under an old module on a platform that has the newest one by now; the status as it
 * was where that is not so.
 */
export function adviseRelaunch(state: LaunchState, info: TcbInfo): TcbStatus {
  const isOld = state.tdx === "OutOfDate" || state.tdx === "OutOfDateConfigurationNeeded";
  const isOnlyModule = good.includes(state.sgx) && state.qe === "UpToDate";
  if (!isOld || !isOnlyModule || state.module !== "OutOfDate") {
    return state.tdx;
  }
  if (!isNewest(state.teeTcbSvn2, info)) {
    return state.tdx;
  }
  return needsConfiguration(state.sgx) || needsConfiguration(state.tdx)
    ? "TDRelaunchAdvisedConfigurationNeeded"
    : "TDRelaunchAdvised";
}

/** Whether the module and the SEAM loader that run now reach the newest levels. */
function isNewest(teeTcbSvn2: Uint8Array, info: TcbInfo): boolean {
  const [isvSvn = 0, major = 0, loader = 0] = teeTcbSvn2;
  const platform = info.levels[0]?.tdx;
  const module = major === 0 ? platform?.[0] : findModule(info, major)?.levels[0]?.isvSvn;
  const loaderSvn = platform?.[2];
  return module !== undefined && loaderSvn !== undefined && isvSvn >= module && loader >= loaderSvn;
}
